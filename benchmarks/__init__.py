"""Measurements, run by hand or by name; none of them is a test."""
