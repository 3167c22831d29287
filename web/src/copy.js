/** Put a text on the clipboard; true if that worked. */
export async function copy(text, host) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https, or where a frame is not allowed to: the old way.
    const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
    const focused = host.activeElement;
    host.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    focused?.focus();
    return done;
  }
}
