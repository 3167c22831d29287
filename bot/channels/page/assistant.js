/* calciphylaxis-assistant; sources sha256 ccdd244aa3fe38d1ecac5e3adbdbebf6d1e9015e599bf7bf7696de8cf1432899; made by web/build.mjs, not by hand */
/* Holds Lit 3:
BSD 3-Clause License

Copyright (c) 2017 Google LLC. All rights reserved.

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this
   list of conditions and the following disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice,
   this list of conditions and the following disclaimer in the documentation
   and/or other materials provided with the distribution.

3. Neither the name of the copyright holder nor the names of its
   contributors may be used to endorse or promote products derived from
   this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS"
AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
(()=>{var W=globalThis,q=W.ShadowRoot&&(W.ShadyCSS===void 0||W.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,Se=Symbol(),xe=new WeakMap,V=class{constructor(e,t,s){if(this._$cssResult$=!0,s!==Se)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(q&&e===void 0){let s=t!==void 0&&t.length===1;s&&(e=xe.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),s&&xe.set(t,e))}return e}toString(){return this.cssText}},K=i=>new V(typeof i=="string"?i:i+"",void 0,Se);var Ee=(i,e)=>{if(q)i.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let s=document.createElement("style"),r=W.litNonce;r!==void 0&&s.setAttribute("nonce",r),s.textContent=t.cssText,i.appendChild(s)}},ae=q?i=>i:i=>i instanceof CSSStyleSheet?(e=>{let t="";for(let s of e.cssRules)t+=s.cssText;return K(t)})(i):i;var{is:mt,defineProperty:ft,getOwnPropertyDescriptor:gt,getOwnPropertyNames:$t,getOwnPropertySymbols:_t,getPrototypeOf:bt}=Object,F=globalThis,Ce=F.trustedTypes,yt=Ce?Ce.emptyScript:"",vt=F.reactiveElementPolyfillSupport,M=(i,e)=>i,le={toAttribute(i,e){switch(e){case Boolean:i=i?yt:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,e){let t=i;switch(e){case Boolean:t=i!==null;break;case Number:t=i===null?null:Number(i);break;case Object:case Array:try{t=JSON.parse(i)}catch{t=null}}return t}},ze=(i,e)=>!mt(i,e),Te={attribute:!0,type:String,converter:le,reflect:!1,useDefault:!1,hasChanged:ze};Symbol.metadata??=Symbol("metadata"),F.litPropertyMetadata??=new WeakMap;var y=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=Te){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let s=Symbol(),r=this.getPropertyDescriptor(e,s,t);r!==void 0&&ft(this.prototype,e,r)}}static getPropertyDescriptor(e,t,s){let{get:r,set:o}=gt(this.prototype,e)??{get(){return this[t]},set(n){this[t]=n}};return{get:r,set(n){let d=r?.call(this);o?.call(this,n),this.requestUpdate(e,d,s)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??Te}static _$Ei(){if(this.hasOwnProperty(M("elementProperties")))return;let e=bt(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(M("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(M("properties"))){let t=this.properties,s=[...$t(t),..._t(t)];for(let r of s)this.createProperty(r,t[r])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[s,r]of t)this.elementProperties.set(s,r)}this._$Eh=new Map;for(let[t,s]of this.elementProperties){let r=this._$Eu(t,s);r!==void 0&&this._$Eh.set(r,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let s=new Set(e.flat(1/0).reverse());for(let r of s)t.unshift(ae(r))}else e!==void 0&&t.push(ae(e));return t}static _$Eu(e,t){let s=t.attribute;return s===!1?void 0:typeof s=="string"?s:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let s of t.keys())this.hasOwnProperty(s)&&(e.set(s,this[s]),delete this[s]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Ee(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,s){this._$AK(e,s)}_$ET(e,t){let s=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,s);if(r!==void 0&&s.reflect===!0){let o=(s.converter?.toAttribute!==void 0?s.converter:le).toAttribute(t,s.type);this._$Em=e,o==null?this.removeAttribute(r):this.setAttribute(r,o),this._$Em=null}}_$AK(e,t){let s=this.constructor,r=s._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let o=s.getPropertyOptions(r),n=typeof o.converter=="function"?{fromAttribute:o.converter}:o.converter?.fromAttribute!==void 0?o.converter:le;this._$Em=r;let d=n.fromAttribute(t,o.type);this[r]=d??this._$Ej?.get(r)??d,this._$Em=null}}requestUpdate(e,t,s,r=!1,o){if(e!==void 0){let n=this.constructor;if(r===!1&&(o=this[e]),s??=n.getPropertyOptions(e),!((s.hasChanged??ze)(o,t)||s.useDefault&&s.reflect&&o===this._$Ej?.get(e)&&!this.hasAttribute(n._$Eu(e,s))))return;this.C(e,t,s)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:s,reflect:r,wrapped:o},n){s&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,n??t??this[e]),o!==!0||n!==void 0)||(this._$AL.has(e)||(this.hasUpdated||s||(t=void 0),this._$AL.set(e,t)),r===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[r,o]of this._$Ep)this[r]=o;this._$Ep=void 0}let s=this.constructor.elementProperties;if(s.size>0)for(let[r,o]of s){let{wrapped:n}=o,d=this[r];n!==!0||this._$AL.has(r)||d===void 0||this.C(r,void 0,o,d)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(s=>s.hostUpdate?.()),this.update(t)):this._$EM()}catch(s){throw e=!1,this._$EM(),s}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};y.elementStyles=[],y.shadowRootOptions={mode:"open"},y[M("elementProperties")]=new Map,y[M("finalized")]=new Map,vt?.({ReactiveElement:y}),(F.reactiveElementVersions??=[]).push("2.1.2");var de=globalThis,Re=i=>i,Z=de.trustedTypes,Ne=Z?Z.createPolicy("lit-html",{createHTML:i=>i}):void 0,he="$lit$",v=`lit$${Math.random().toFixed(9).slice(2)}$`,pe="?"+v,wt=`<${pe}>`,C=document,O=()=>C.createComment(""),L=i=>i===null||typeof i!="object"&&typeof i!="function",ue=Array.isArray,Ie=i=>ue(i)||typeof i?.[Symbol.iterator]=="function",ce=`[ 	
\f\r]`,P=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Ue=/-->/g,Me=/>/g,S=RegExp(`>|${ce}(?:([^\\s"'>=/]+)(${ce}*=${ce}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Pe=/'/g,Oe=/"/g,He=/^(?:script|style|textarea|title)$/i,me=i=>(e,...t)=>({_$litType$:i,strings:e,values:t}),c=me(1),$=me(2),Gt=me(3),w=Symbol.for("lit-noChange"),h=Symbol.for("lit-nothing"),Le=new WeakMap,E=C.createTreeWalker(C,129);function De(i,e){if(!ue(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return Ne!==void 0?Ne.createHTML(e):e}var je=(i,e)=>{let t=i.length-1,s=[],r,o=e===2?"<svg>":e===3?"<math>":"",n=P;for(let d=0;d<t;d++){let a=i[d],u,f,l=-1,m=0;for(;m<a.length&&(n.lastIndex=m,f=n.exec(a),f!==null);)m=n.lastIndex,n===P?f[1]==="!--"?n=Ue:f[1]!==void 0?n=Me:f[2]!==void 0?(He.test(f[2])&&(r=RegExp("</"+f[2],"g")),n=S):f[3]!==void 0&&(n=S):n===S?f[0]===">"?(n=r??P,l=-1):f[1]===void 0?l=-2:(l=n.lastIndex-f[2].length,u=f[1],n=f[3]===void 0?S:f[3]==='"'?Oe:Pe):n===Oe||n===Pe?n=S:n===Ue||n===Me?n=P:(n=S,r=void 0);let p=n===S&&i[d+1].startsWith("/>")?" ":"";o+=n===P?a+wt:l>=0?(s.push(u),a.slice(0,l)+he+a.slice(l)+v+p):a+v+(l===-2?d:p)}return[De(i,o+(i[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),s]},I=class i{constructor({strings:e,_$litType$:t},s){let r;this.parts=[];let o=0,n=0,d=e.length-1,a=this.parts,[u,f]=je(e,t);if(this.el=i.createElement(u,s),E.currentNode=this.el.content,t===2||t===3){let l=this.el.content.firstChild;l.replaceWith(...l.childNodes)}for(;(r=E.nextNode())!==null&&a.length<d;){if(r.nodeType===1){if(r.hasAttributes())for(let l of r.getAttributeNames())if(l.endsWith(he)){let m=f[n++],p=r.getAttribute(l).split(v),g=/([.?@])?(.*)/.exec(m);a.push({type:1,index:o,name:g[2],strings:p,ctor:g[1]==="."?Y:g[1]==="?"?J:g[1]==="@"?Q:z}),r.removeAttribute(l)}else l.startsWith(v)&&(a.push({type:6,index:o}),r.removeAttribute(l));if(He.test(r.tagName)){let l=r.textContent.split(v),m=l.length-1;if(m>0){r.textContent=Z?Z.emptyScript:"";for(let p=0;p<m;p++)r.append(l[p],O()),E.nextNode(),a.push({type:2,index:++o});r.append(l[m],O())}}}else if(r.nodeType===8)if(r.data===pe)a.push({type:2,index:o});else{let l=-1;for(;(l=r.data.indexOf(v,l+1))!==-1;)a.push({type:7,index:o}),l+=v.length-1}o++}}static createElement(e,t){let s=C.createElement("template");return s.innerHTML=e,s}};function T(i,e,t=i,s){if(e===w)return e;let r=s!==void 0?t._$Co?.[s]:t._$Cl,o=L(e)?void 0:e._$litDirective$;return r?.constructor!==o&&(r?._$AO?.(!1),o===void 0?r=void 0:(r=new o(i),r._$AT(i,t,s)),s!==void 0?(t._$Co??=[])[s]=r:t._$Cl=r),r!==void 0&&(e=T(i,r._$AS(i,e.values),r,s)),e}var G=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:s}=this._$AD,r=(e?.creationScope??C).importNode(t,!0);E.currentNode=r;let o=E.nextNode(),n=0,d=0,a=s[0];for(;a!==void 0;){if(n===a.index){let u;a.type===2?u=new R(o,o.nextSibling,this,e):a.type===1?u=new a.ctor(o,a.name,a.strings,this,e):a.type===6&&(u=new X(o,this,e)),this._$AV.push(u),a=s[++d]}n!==a?.index&&(o=E.nextNode(),n++)}return E.currentNode=C,r}p(e){let t=0;for(let s of this._$AV)s!==void 0&&(s.strings!==void 0?(s._$AI(e,s,t),t+=s.strings.length-2):s._$AI(e[t])),t++}},R=class i{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,s,r){this.type=2,this._$AH=h,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=s,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=T(this,e,t),L(e)?e===h||e==null||e===""?(this._$AH!==h&&this._$AR(),this._$AH=h):e!==this._$AH&&e!==w&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):Ie(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==h&&L(this._$AH)?this._$AA.nextSibling.data=e:this.T(C.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:s}=e,r=typeof s=="number"?this._$AC(e):(s.el===void 0&&(s.el=I.createElement(De(s.h,s.h[0]),this.options)),s);if(this._$AH?._$AD===r)this._$AH.p(t);else{let o=new G(r,this),n=o.u(this.options);o.p(t),this.T(n),this._$AH=o}}_$AC(e){let t=Le.get(e.strings);return t===void 0&&Le.set(e.strings,t=new I(e)),t}k(e){ue(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,s,r=0;for(let o of e)r===t.length?t.push(s=new i(this.O(O()),this.O(O()),this,this.options)):s=t[r],s._$AI(o),r++;r<t.length&&(this._$AR(s&&s._$AB.nextSibling,r),t.length=r)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let s=Re(e).nextSibling;Re(e).remove(),e=s}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},z=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,s,r,o){this.type=1,this._$AH=h,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=o,s.length>2||s[0]!==""||s[1]!==""?(this._$AH=Array(s.length-1).fill(new String),this.strings=s):this._$AH=h}_$AI(e,t=this,s,r){let o=this.strings,n=!1;if(o===void 0)e=T(this,e,t,0),n=!L(e)||e!==this._$AH&&e!==w,n&&(this._$AH=e);else{let d=e,a,u;for(e=o[0],a=0;a<o.length-1;a++)u=T(this,d[s+a],t,a),u===w&&(u=this._$AH[a]),n||=!L(u)||u!==this._$AH[a],u===h?e=h:e!==h&&(e+=(u??"")+o[a+1]),this._$AH[a]=u}n&&!r&&this.j(e)}j(e){e===h?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},Y=class extends z{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===h?void 0:e}},J=class extends z{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==h)}},Q=class extends z{constructor(e,t,s,r,o){super(e,t,s,r,o),this.type=5}_$AI(e,t=this){if((e=T(this,e,t,0)??h)===w)return;let s=this._$AH,r=e===h&&s!==h||e.capture!==s.capture||e.once!==s.once||e.passive!==s.passive,o=e!==h&&(s===h||r);r&&this.element.removeEventListener(this.name,this,s),o&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},X=class{constructor(e,t,s){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=s}get _$AU(){return this._$AM._$AU}_$AI(e){T(this,e)}},Be={M:he,P:v,A:pe,C:1,L:je,R:G,D:Ie,V:T,I:R,H:z,N:J,U:Q,B:Y,F:X},kt=de.litHtmlPolyfillSupport;kt?.(I,R),(de.litHtmlVersions??=[]).push("3.3.3");var We=(i,e,t)=>{let s=t?.renderBefore??e,r=s._$litPart$;if(r===void 0){let o=t?.renderBefore??null;s._$litPart$=r=new R(e.insertBefore(O(),o),o,void 0,t??{})}return r._$AI(i),r};var fe=globalThis,k=class extends y{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=We(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return w}};k._$litElement$=!0,k.finalized=!0,fe.litElementHydrateSupport?.({LitElement:k});var At=fe.litElementPolyfillSupport;At?.({LitElement:k});(fe.litElementVersions??=[]).push("4.2.2");var Ve={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},qe=i=>(...e)=>({_$litDirective$:i,values:e}),ee=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,s){this._$Ct=e,this._$AM=t,this._$Ci=s}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};var{I:xt}=Be,Ke=i=>i;var Fe=()=>document.createComment(""),N=(i,e,t)=>{let s=i._$AA.parentNode,r=e===void 0?i._$AB:e._$AA;if(t===void 0){let o=s.insertBefore(Fe(),r),n=s.insertBefore(Fe(),r);t=new xt(o,n,i,i.options)}else{let o=t._$AB.nextSibling,n=t._$AM,d=n!==i;if(d){let a;t._$AQ?.(i),t._$AM=i,t._$AP!==void 0&&(a=i._$AU)!==n._$AU&&t._$AP(a)}if(o!==r||d){let a=t._$AA;for(;a!==o;){let u=Ke(a).nextSibling;Ke(s).insertBefore(a,r),a=u}}}return t},A=(i,e,t=i)=>(i._$AI(e,t),i),St={},Ze=(i,e=St)=>i._$AH=e,Ge=i=>i._$AH,te=i=>{i._$AR(),i._$AA.remove()};var Ye=(i,e,t)=>{let s=new Map;for(let r=e;r<=t;r++)s.set(i[r],r);return s},Je=qe(class extends ee{constructor(i){if(super(i),i.type!==Ve.CHILD)throw Error("repeat() can only be used in text expressions")}dt(i,e,t){let s;t===void 0?t=e:e!==void 0&&(s=e);let r=[],o=[],n=0;for(let d of i)r[n]=s?s(d,n):n,o[n]=t(d,n),n++;return{values:o,keys:r}}render(i,e,t){return this.dt(i,e,t).values}update(i,[e,t,s]){let r=Ge(i),{values:o,keys:n}=this.dt(e,t,s);if(!Array.isArray(r))return this.ut=n,o;let d=this.ut??=[],a=[],u,f,l=0,m=r.length-1,p=0,g=o.length-1;for(;l<=m&&p<=g;)if(r[l]===null)l++;else if(r[m]===null)m--;else if(d[l]===n[p])a[p]=A(r[l],o[p]),l++,p++;else if(d[m]===n[g])a[g]=A(r[m],o[g]),m--,g--;else if(d[l]===n[g])a[g]=A(r[l],o[g]),N(i,a[g+1],r[l]),l++,g--;else if(d[m]===n[p])a[p]=A(r[m],o[p]),N(i,r[l],r[m]),m--,p++;else if(u===void 0&&(u=Ye(n,p,g),f=Ye(d,l,m)),u.has(d[l]))if(u.has(d[m])){let b=f.get(n[p]),ne=b!==void 0?r[b]:null;if(ne===null){let Ae=N(i,r[l]);A(Ae,o[p]),a[p]=Ae}else a[p]=A(ne,o[p]),N(i,r[l],ne),r[b]=null;p++}else te(r[m]),m--;else te(r[l]),l++;for(;p<=g;){let b=N(i,a[g+1]);A(b,o[p]),a[p++]=b}for(;l<=m;){let b=r[l++];b!==null&&te(b)}return this.ut=n,Ze(i,a),w}});var _=i=>c`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${i}</svg>`,x=$`<circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.5" />`,Et=$`<path d="M8 1.6 15 14H1Z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" />
  <path d="M8 6v4" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" /><circle cx="8" cy="12" r="0.95" fill="currentColor" />`,H=_(Et),Qe=_($`<path d="M3 8a5 5 0 1 0 1.6-3.7M3 2v3.2h3.2" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" />`),Xe=_($`${x}<path d="M8 4.2V8l2.6 1.6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" />`),et=_($`${x}<path d="M6.2 6.3a1.9 1.9 0 1 1 2.6 1.8c-.6.2-.8.6-.8 1.2" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" /><circle cx="8" cy="11.5" r="0.85" fill="currentColor" />`),tt=_($`${x}<path d="M3.6 12.4 12.4 3.6" stroke="currentColor" stroke-width="1.5" />`),st=_($`<path d="M8 1.5 13.5 3.4v4.2c0 3.4-2.3 5.8-5.5 6.9-3.2-1.1-5.5-3.5-5.5-6.9V3.4Z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" />`),ge={limited:_($`${x}<path d="M8 8V1.5A6.5 6.5 0 0 1 14.5 8Z" fill="currentColor" />`),mixed:_($`${x}<path d="M8 1.5a6.5 6.5 0 0 1 0 13Z" fill="currentColor" />`),promising:_($`${x}<path d="M8 8V1.5A6.5 6.5 0 1 1 1.5 8Z" fill="currentColor" />`),not_significant:_($`${x}<path d="M4.6 6.8q1.7-1.7 3.4 0t3.4 0M4.6 10q1.7-1.7 3.4 0t3.4 0" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" />`),not_stated:_(x)};var $e={clarify:"The assistant asks back",out_of_scope:"Not answered from the document",urgent:"Emergency",error:"No answer"},_e={useful:"Useful",good:"Useful",wrong:"Wrong",bad:"Not right",incomplete:"Incomplete"},be={away:"The assistant cannot be reached. Your question is kept below.",denied:"This page is not signed in to the assistant. Sign in again or tell those who run it. Your question is kept below."},ye={away:"The assistant cannot be reached at the moment.",denied:"This page is not signed in to the assistant. Sign in again or tell those who run it."};function se(i,e){let t=new Date(`${e}T00:00:00Z`);if(Number.isNaN(t.getTime()))return e;let s={day:"numeric",month:"short",year:"numeric",timeZone:"UTC"};return new Intl.DateTimeFormat(i==="en"?"en-GB":i,s).format(t)}function ot(i){let[e,t]=i.split("/"),s=e.replaceAll("-"," ");return`${s[0].toUpperCase()}${s.slice(1)}, bullet ${t}`}function ie(i,e){return e?.certainty?.[i]??i.replaceAll("_"," ")}function D(i){return i?.listed?`${i.title.replace(/\.$/,"")} (matched by position: the document’s list bears no numbers)`:"no reference is listed in the document for this marker"}function j(i){let e=[];for(let t of i){let s=e.at(-1);s&&s.source===t.source&&s.certainty===t.certainty?s.facts.push(t):e.push({source:t.source,certainty:t.certainty,citations:t.citations,facts:[t]})}return e}var it=String.raw`\d+(?:,\d{3})*(?:\.\d+)?`,rt=String.raw`(?:[\s-]?(?:%|per cent|fold|mcg|µg|mg|g|pg/mL|mL|times|days?|weeks?|months?|years?)(?![A-Za-z]))`,Ct=String.raw`(?:\s(?:per|a|each|every)\s(?:dialysis\s)?(?:session|day|week|month|year)\b)`,Tt=new RegExp(String.raw`(?<![A-Za-z\d])(?:[<>≤≥~]\s?)?${it}(?:${rt})?(?:\s?(?:to|–|-)\s?${it})?(?:${rt})?(?<rate>${Ct})?(?![A-Za-z\d])`,"g");function nt(i){let e=[],t=0;for(let s of i.matchAll(Tt)){s.index>t&&e.push({text:i.slice(t,s.index)});let r=s.groups.rate??"";e.push({figure:s[0].slice(0,s[0].length-r.length),rate:r}),t=s.index+s[0].length}return t<i.length&&e.push({text:i.slice(t)}),e}function at(i,e){let{custom:t,lead:s,notes:r}=i.answer,o=j(t.facts);return c`
    <div class="answer ${t.kind}">
      ${t.kind==="urgent"?Nt(s,e):Rt(t,s,e)}
      ${t.notice?c`<p class="notice">${st} <span>${t.notice}</span></p>`:h}
      ${o.map((n,d)=>Mt(n,t,e,d===0))}
      ${j(t.pitfalls).map(n=>Pt(n,t,e))}
      ${r.map(n=>c`<p class="note">${n}</p>`)}
      ${o.length?h:Ot(t)}
      ${Lt(i,e)}
      ${t.facts.length?It(i,e):h}
    </div>
  `}var zt={clarify:et,out_of_scope:tt,error:H};function we(i,e,t=h){return c`<div role="heading" aria-level=${i} class="label">${t} ${e}</div>`}function Rt(i,e,t){let s=$e[i.kind];return c`
    ${i.kind==="answer"?Ut(i,t):h}
    ${s?we(t.level+2,s,zt[i.kind]):h}
    ${e.map(r=>c`<p class="lead">${r}</p>`)}
  `}function Nt([i,...e],t){return c`
    <div class="alarm">
      ${we(t.level+2,$e.urgent,c`<span class="sign" aria-hidden="true">!</span>`)}
      <p>${i}</p>
    </div>
    ${e.map(s=>c`<p class="lead">${s}</p>`)}
  `}function Ut({understood:i},{settings:e}){let t=o=>e?.topics?.[o]??o.replaceAll("_"," "),s=[e?.asked?.[i.intent],...i.topics.map(t)].filter(Boolean);if(!s.length)return h;let r=i.assumed.map(t).join(", ");return c`<p class="read">
    Read as: ${s.join(" · ")}${r?c` <span class="carried">(carried over: ${r})</span>`:h}
  </p>`}function ve(i){return nt(i).map(({text:e,figure:t,rate:s})=>t?c`<strong class="figure"><span>${t}</span>${s}</strong>`:e)}function Mt(i,e,t,s){let[r,...o]=s?i.facts:[null,...i.facts];return c`
    <div class="group">
      ${r?c`<p class="key">${ve(r.statement)}</p>`:h}
      ${o.length?c`<ul>${o.map(n=>c`<li>${ve(n.statement)}</li>`)}</ul>`:h}
      ${lt(i,e,t)}
    </div>
  `}function Pt(i,e,t){return c`
    <div class="pitfall">
      ${we(t.level+2,"Pitfall",H)}
      ${i.facts.map(s=>c`<p>${ve(s.statement)}</p>`)}
      ${lt(i,e,t)}
    </div>
  `}function lt({source:i,certainty:e,citations:t},s,{settings:r}){let o=n=>s.references.find(d=>d.marker===n);return c`
    <div class="grounds">
      <span class="chip ${e}">
        ${ge[e]??ge.not_stated} Certainty: ${ie(e,r)}
      </span>
      <details>
        <summary>Source ${t.map(n=>`[${n}]`).join(" ")}<span class="hidden"> of ${i}</span></summary>
        <div class="source">
          <p>${ot(i)} <code>${i}</code></p>
          <ul>
            ${t.map(n=>c`<li><b>[${n}]</b> ${D(o(n))}</li>`)}
          </ul>
        </div>
      </details>
    </div>
  `}function Ot({references:i}){return i.length?c`<ul class="references">
    ${i.map(e=>c`<li><b>[${e.marker}]</b> ${D(e)}</li>`)}
  </ul>`:h}function Lt(i,e){let{custom:t}=i.answer,s=t.kind==="error"&&i.question?[i.question]:[],r=s.length?s:t.follow_ups;if(!r.length)return h;let o=s.length?"Ask again":t.facts.length?"Ask next":"You can ask",n=["clarify","out_of_scope"].includes(t.kind);return c`
    <div class="next" role="group" aria-label=${o}>
      ${n?h:c`<span class="label" aria-hidden="true">${o}</span>`}
      ${r.map(d=>c`
        <button type="button" class="follow-up" aria-disabled=${e.busy} @click=${()=>e.ask(d)}>${d}</button>
      `)}
    </div>
  `}function It(i,e){let{updated:t,review_status:s}=i.answer.custom.document;return c`
    <div class="foot">
      <p>Document updated ${se(e.language,t)}; <b>${s}</b></p>
      <div class="tools">
        <button type="button" @click=${()=>e.copy(i)}>${i.copied?"✓ Copied":"Copy for the notes"}</button>
        ${Ht(i,e)}
      </div>
    </div>
    ${Dt(i,e)}
  `}function Ht(i,e){return e.settings?.marks?.length?i.marked?c`<span class="marked">✓ Marked: ${_e[i.marked]??i.marked}</span>`:c`
    <span role="group" aria-label="Was this answer right?">
      ${e.settings.marks.map(t=>c`
        <button type="button" @click=${()=>e.mark(i,t)}>${_e[t]??t}</button>
      `)}
    </span>
    ${i.markFailed?c`<span class="failed">The mark could not be sent. Try again.</span>`:h}
  `:h}function Dt(i,e){return!i.marked||i.remarked||!e.settings.remarks?h:c`
    <form class="remark" @submit=${s=>{s.preventDefault(),e.mark(i,i.marked,new FormData(s.target).get("remark").trim())}}>
      <label for="remark-${i.id}">Remark (optional; name no patient)</label>
      <div><input id="remark-${i.id}" name="remark" required maxlength="500" autocomplete="off" /><button>Send</button></div>
    </form>
  `}function ct({custom:i,lead:e,notes:t},s){let r=[...e];for(let[u,f]of[[i.facts,"-"],[i.pitfalls,"! Pitfall:"]])for(let l of j(u)){for(let p of l.facts)r.push(`${f} ${p.statement}`);let m=l.citations.map(p=>`[${p}]`).join("");r.push(`  Certainty: ${ie(l.certainty,s)}. Source: ${l.source} ${m}`)}r.push(...t);for(let u of i.references)r.push(`[${u.marker}] ${D(u)}`);let{title:o,updated:n,review_status:d,disclaimer:a}=i.document;return r.push(`Document: ${o} Updated ${n}; ${d}. Knowledge base ${i.knowledge.version}.`,a),r.join(`
`)}async function dt(i,e){try{return await navigator.clipboard.writeText(i),!0}catch{let t=Object.assign(document.createElement("textarea"),{value:i,readOnly:!0}),s=e.activeElement;e.append(t),t.select();let r=document.execCommand("copy");return t.remove(),s?.focus(),r}}var ht="calciphylaxis-assistant.sender",U=class extends Error{constructor(e){super(e),this.why=e}},re=class{constructor(e){this.base=e}settings(){return this.#e("settings")}async ask(e,t,s){let r=await this.#e("messages",{sender:e,message:t,answer:s});if(!r?.custom?.kind)throw new U("away");return r}mark(e,t,s,r){return this.#e("feedback",{sender:e,answer:t,mark:s,remark:r})}async#e(e,t){let s,r;try{s=await fetch(new URL(`webhooks/page/${e}`,this.base),{...t&&{method:"POST",headers:{"Content-Type":"application/json"},body:JSON.stringify(t)},cache:"no-store",signal:AbortSignal.timeout(2e4)}),r=s.status===204?null:await s.json()}catch{throw new U(s?.status===401||s?.status===403?"denied":"away")}if(s.status===401||s.status===403)throw new U("denied");if(!s.ok&&!r?.custom)throw new U("away");return r}};function B(){return crypto.randomUUID?crypto.randomUUID():Array.from(crypto.getRandomValues(new Uint8Array(16)),i=>i.toString(16).padStart(2,"0")).join("")}function pt(){try{return sessionStorage.getItem(ht)??oe()}catch{return oe()}}function oe(){let i=B();try{sessionStorage.setItem(ht,i)}catch{}return i}var ut=`/* Colours follow the page around: with \`color-scheme: light dark\` there, the reader's system decides. */
:host {
  --ground: light-dark(#eef2f5, #0e151b);
  --card: light-dark(#ffffff, #17212a);
  --text: light-dark(#14202a, #e9eff4);
  --muted: light-dark(#4c5b68, #a9b8c4);
  --line: light-dark(#d2dbe2, #32414e);
  --edge: light-dark(#6f7f8c, #8496a4);
  --accent: light-dark(#075874, #86d0ee);
  --on-accent: light-dark(#ffffff, #06222e);
  --tint: light-dark(#e3f0f5, #16323f);
  --warn: light-dark(#9a4a00, #f5b554);
  --warn-ground: light-dark(#fff3dc, #382809);
  --warn-text: light-dark(#4f2a00, #ffe6bd);
  --alarm: light-dark(#b00f1c, #b3141f);
  --radius: 0.75em;

  display: block;
  container-type: inline-size;
  block-size: min(46rem, 100dvh);
  color: var(--text);
  background: var(--ground);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  text-align: start;
}

:host([hidden]) { display: none; }

*, ::before, ::after { box-sizing: border-box; }

p, ul { margin: 0; padding: 0; }

.hidden {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.icon { flex: none; inline-size: 1em; block-size: 1em; vertical-align: -0.125em; }

.assistant {
  display: grid;
  grid-template-rows: auto minmax(0, 1fr) auto;
  block-size: 100%;
}

/* The three bands share one column, so that lines stay short on a wide screen. */
header, .log, .composer { padding-inline: max(1em, (100% - 50em) / 2); }

button, select, textarea, input { font: inherit; color: inherit; }

button, select {
  min-block-size: 2.25em;
  padding: 0.25em 0.8em;
  border: 1px solid var(--edge);
  border-radius: 0.5em;
  background: var(--card);
  color: var(--text);
  cursor: pointer;
}

button:hover { border-color: var(--accent); background: var(--tint); }

[aria-disabled="true"] { opacity: 0.6; cursor: progress; }

:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 0.4em; }

.log:focus-visible { outline-offset: -3px; }

/* Head */
header {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: space-between;
  gap: 0.5em 1em;
  padding-block: 0.8em;
  border-block-end: 1px solid var(--line);
  background: var(--card);
}

.title { flex: 1 1 18em; min-inline-size: 0; }

.title [role="heading"] { font-size: 1.25em; font-weight: 700; line-height: 1.25; }

.title p { font-size: 0.875em; color: var(--muted); }

.controls { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5em; font-size: 0.875em; }

.role { display: flex; align-items: center; gap: 0.5em; font-size: 0.9375em; }

.status { display: flex; flex-wrap: wrap; align-items: center; gap: 0.35em 0.75em; flex-basis: 100%; font-size: 0.875em; color: var(--muted); }

/* Conversation */
.log { overflow-y: auto; overscroll-behavior: contain; padding-block: 1.25em; position: relative; }

.turn + .turn { margin-block-start: 1.75em; }

.question {
  inline-size: fit-content;
  max-inline-size: 85%;
  margin-inline-start: auto;
  margin-block-end: 0.75em;
  padding: 0.5em 0.9em;
  border-radius: var(--radius) var(--radius) 0.2em var(--radius);
  background: var(--accent);
  color: var(--on-accent);
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.answer, .welcome {
  display: grid;
  gap: 0.85em;
  padding: 1.1em 1.25em;
  border: 1px solid var(--line);
  border-radius: 0.2em var(--radius) var(--radius);
  background: var(--card);
  overflow-wrap: break-word;
}

.welcome { border-radius: var(--radius); }

.answer > *, .welcome > * { min-inline-size: 0; }

.label { display: flex; align-items: center; gap: 0.4em; font-size: 0.8125em; font-weight: 700; letter-spacing: 0.02em; color: var(--muted); }

.read, .note, .references { font-size: 0.875em; color: var(--muted); }

.note, .lead { white-space: pre-line; }

.read { margin-block-end: -0.4em; }

.key { font-size: 1.25em; line-height: 1.4; font-weight: 500; }

/* A number never stands on another line than its unit. */
.figure span { white-space: nowrap; }

.figure { font-weight: 750; color: var(--accent); font-variant-numeric: tabular-nums; }

.key .figure { font-size: 1.1em; }

.group { display: grid; gap: 0.6em; }

.group + .group { padding-block-start: 0.85em; border-block-start: 1px solid var(--line); }

.group > ul { display: grid; gap: 0.35em; padding-inline-start: 1.2em; }

.references { display: grid; gap: 0.25em; list-style: none; }

/* Certainty and source */
.grounds { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5em; font-size: 0.875em; }

.chip {
  display: inline-flex;
  align-items: center;
  gap: 0.4em;
  min-block-size: 2em;
  padding: 0.15em 0.7em;
  border: 1px solid var(--edge);
  border-radius: 1em;
  background: var(--card);
  color: var(--text);
  font-weight: 600;
}

.chip.not_stated { border-style: dashed; font-weight: 400; }

.chip.limited, .chip.mixed, .chip.not_significant, .chip.review { border-color: var(--warn); background: var(--warn-ground); color: var(--warn-text); }

.chip.promising { border-color: var(--accent); background: var(--tint); }

summary {
  display: inline-flex;
  align-items: center;
  gap: 0.35em;
  min-block-size: 2em;
  padding: 0.15em 0.7em;
  border: 1px solid var(--line);
  border-radius: 1em;
  background: var(--card);
  color: var(--accent);
  font-weight: 600;
  cursor: pointer;
  list-style: none;
}

summary::-webkit-details-marker { display: none; }

summary::before { content: "▸" / ""; }

details[open] > summary::before { content: "▾" / ""; }

summary:hover { background: var(--tint); }

details[open] { flex-basis: 100%; }

/* Where the browser can: the button stays beside the certainty, and what it opens takes the line below. */
@supports selector(::details-content) {
  details { display: contents; }
  details[open]::details-content { flex-basis: 100%; }
  details:not([open])::details-content { display: none; }
}

.source { display: grid; gap: 0.4em; margin-block-start: 0.35em; padding: 0.7em 0.9em; border-inline-start: 3px solid var(--accent); background: var(--ground); color: var(--text); }

.source ul { display: grid; gap: 0.25em; list-style: none; }

code { font: 0.9375em ui-monospace, "Cascadia Mono", "Liberation Mono", monospace; color: var(--muted); overflow-wrap: anywhere; }

/* What must not be missed */
.pitfall, .alarm { display: grid; gap: 0.5em; padding: 0.85em 1em; border-radius: 0.5em; }

.pitfall { border: 1px solid var(--warn); border-inline-start-width: 0.4em; background: var(--warn-ground); color: var(--warn-text); }

.pitfall .label { color: inherit; font-size: 1em; }

.pitfall .label .icon { inline-size: 1.4em; block-size: 1.4em; color: var(--warn); }

.pitfall .figure { color: inherit; }

.pitfall summary { border-color: var(--warn); }

.pitfall .chip { background: var(--card); color: var(--text); }

.pitfall .source { border-color: var(--warn); background: var(--card); }

.alarm { margin: -0.35em -0.45em 0; background: var(--alarm); color: #fff; border: 2px solid var(--alarm); }

.alarm .label { gap: 0.6em; font-size: 1.25em; color: #fff; }

.alarm p { font-size: 1.25em; font-weight: 600; line-height: 1.4; }

.alarm .sign {
  display: grid;
  place-items: center;
  flex: none;
  inline-size: 1.5em;
  block-size: 1.5em;
  border-radius: 50%;
  background: #fff;
  color: var(--alarm);
  font-weight: 800;
}

.answer.urgent { border: 2px solid var(--alarm); }

.answer.out_of_scope, .answer.clarify { border-inline-start: 0.4em solid var(--edge); }

.answer.error { border-inline-start: 0.4em solid var(--alarm); }

.notice { display: flex; gap: 0.6em; align-items: baseline; padding: 0.5em 0.8em; border: 1px dashed var(--edge); border-radius: 0.5em; font-size: 0.875em; }

/* What to do with an answer */
.next { display: flex; flex-wrap: wrap; gap: 0.5em; }

.next .label { flex-basis: 100%; }

.follow-up {
  max-inline-size: 100%;
  padding: 0.35em 0.9em;
  border-color: var(--accent);
  border-radius: 1.2em;
  color: var(--accent);
  font-size: 0.9375em;
  text-align: start;
}

.foot {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: space-between;
  gap: 0.5em 1em;
  padding-block-start: 0.85em;
  border-block-start: 1px solid var(--line);
  font-size: 0.875em;
  color: var(--muted);
}

.tools, .tools > [role="group"] { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4em; }

.marked { color: var(--text); font-weight: 600; }

.failed { color: var(--text); }

.remark { display: grid; gap: 0.25em; font-size: 0.875em; }

.remark div { display: flex; flex-wrap: wrap; gap: 0.4em; }

.remark input { flex: 1 1 10em; min-inline-size: 0; min-block-size: 2.25em; padding: 0.25em 0.6em; border: 1px solid var(--edge); border-radius: 0.5em; background: var(--card); }

/* Asking */
.composer { display: grid; gap: 0.35em; padding-block: 0.75em; border-block-start: 1px solid var(--line); background: var(--card); }

.composer label { font-size: 0.875em; font-weight: 600; }

.row { display: flex; align-items: flex-end; gap: 0.5em; }

textarea {
  flex: 1;
  min-inline-size: 0;
  min-block-size: 2.9em;
  max-block-size: 9em;
  padding: 0.65em 0.85em;
  border: 1px solid var(--edge);
  border-radius: 0.6em;
  background: var(--ground);
  color: var(--text);
  resize: none;
  field-sizing: content;
}

textarea::placeholder { color: var(--muted); opacity: 1; }

textarea:focus-visible { outline-offset: 0; border-radius: 0.6em; }

textarea:read-only { opacity: 0.75; }

.send { min-block-size: 2.9em; padding-inline: 1.3em; border-color: var(--accent); border-radius: 0.6em; background: var(--accent); color: var(--on-accent); font-weight: 700; }

.send:hover { background: var(--text); border-color: var(--text); color: var(--card); }

#hint { font-size: 0.8125em; color: var(--muted); }

.problem {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.5em;
  padding: 0.5em 0.8em;
  border: 1px solid var(--warn);
  border-inline-start-width: 0.4em;
  border-radius: 0.5em;
  background: var(--warn-ground);
  color: var(--warn-text);
}

.problem span { flex: 1 1 12em; }

.working { display: flex; align-items: center; gap: 0.6em; font-size: 0.875em; color: var(--muted); }

.dots { display: inline-flex; gap: 0.25em; }

.dots i { inline-size: 0.45em; block-size: 0.45em; border-radius: 50%; background: var(--accent); animation: pulse 1s infinite alternate; }

.dots i:nth-child(2) { animation-delay: 0.2s; }

.dots i:nth-child(3) { animation-delay: 0.4s; }

@keyframes pulse { from { opacity: 0.25; } }

@media (prefers-reduced-motion: reduce) { .dots i { animation: none; } }

/* A phone, or a narrow place on a page */
@container (inline-size < 34rem) {
  header, .log, .composer { padding-inline: 0.75em; }
  header { padding-block: 0.6em; gap: 0.35em 0.75em; }
  .title { flex-basis: 10em; }
  .title p { display: none; }
  .title [role="heading"] { font-size: 1.125em; }
  .status, .grounds { font-size: 0.8125em; }
  .log { padding-block: 0.85em; }
  .answer, .welcome { padding: 0.9em; }
  .key { font-size: 1.1875em; }
  .question { max-inline-size: 92%; }
  .composer { padding-block: 0.5em; }
  .asked { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
}

/* Fingers need more room than pointers. */
@media (pointer: coarse) {
  .keys { display: none; }
  button, select { min-block-size: 2.75em; }
  summary, .grounds .chip { min-block-size: 2.35em; }
}

/* Little height (a phone on its side, 400% zoom): one page that scrolls, nothing in the way. */
@media (max-height: 30rem) {
  :host { block-size: auto; min-block-size: 100dvh; }
  .assistant { grid-template-rows: auto auto auto; }
  .log { overflow-y: visible; }
}
`;var Bt=4e3,Wt=new URL(".",document.currentScript?.src??document.baseURI).href,ke=class extends k{static styles=K(ut);static properties={endpoint:{},heading:{},headingLevel:{attribute:"heading-level",type:Number},lang:{},_settings:{state:!0},_turns:{state:!0},_busy:{state:!0},_slow:{state:!0},_problem:{state:!0},_said:{state:!0}};constructor(){super(),this.heading="Calciphylaxis Assistant",this.headingLevel=2,this._turns=[],this._busy=!1}connectedCallback(){super.connectedCallback(),this._sender=pt(),this._load()}get _service(){let e=this.endpoint?new URL(this.endpoint,document.baseURI).href:Wt;return new re(e.endsWith("/")?e:`${e}/`)}get _field(){return this.renderRoot.querySelector("textarea")}async _load(){try{this._settings=await this._service.settings(),this._problem=null}catch(e){this._problem={words:ye[e.why]??ye.away,again:()=>this._load()}}}async _ask(e,t=""){let s=e.trim();if(this._busy||!s)return;let r=this._sender;this._busy=!0,this._problem=null,this._said="",this._field.value=e;let o=setTimeout(()=>this._slow=!0,Bt),n=B();try{this._settings||await this._load(),await this._tellRole(r);let d=await this._service.ask(r,s,n);if(r!==this._sender)return;this._turns=[...this._turns,{id:n,question:s,answer:d}],this._field.value=t,await this.updateComplete,this._show(n)}catch(d){if(r!==this._sender)return;this._problem={words:be[d.why]??be.away,again:()=>this._ask(this._field.value,t)}}finally{clearTimeout(o),r===this._sender&&(this._busy=this._slow=!1)}}_show(e){let t=this.renderRoot.querySelector(".log"),s=this.renderRoot.getElementById(`turn-${e}`);t.scrollHeight>t.clientHeight&&getComputedStyle(t).overflowY==="auto"?t.scrollTop=s.offsetTop-t.offsetTop:s.scrollIntoView({block:"nearest"})}_change(e,t){this._turns=this._turns.map(s=>s.id===e.id?{...s,...t}:s)}async _copy(e){let t=await dt(ct(e.answer,this._settings),this.renderRoot);this._change(e,{copied:t}),this._said=t?"Copied for the notes.":"Copying is not allowed here: select the answer and copy it."}async _mark(e,t,s){try{await this._service.mark(this._sender,e.id,t,s??""),this._change(e,{marked:t,markFailed:!1,remarked:s!==void 0}),this._said="Thank you. The mark was sent."}catch{this._change(e,{markFailed:!0}),this._said="The mark could not be sent. Try again."}}async _startOver(){let e=this._sender,t=this._turns.length>0;this._sender=oe(),this._turns=[],this._problem=null,this._busy=this._slow=this._roleTold=!1,this._field.value="",this._said="Started over.",this._field.focus(),t&&await this._service.ask(e,"start over",B()).catch(()=>{})}_submit(e){e.preventDefault(),this._ask(this._field.value)}_key(e){e.key==="Enter"&&!e.shiftKey&&!e.isComposing&&this._submit(e)}_chooseRole(e){this._role=e.target.value,this._roleTold=!1}async _tellRole(e){!this._role||this._roleTold||(await this._service.ask(e,this._role,B()),this._roleTold=!0)}render(){let e=this.headingLevel||2,t={settings:this._settings,language:this.lang||"en",level:e,busy:this._busy,ask:s=>this._ask(s,this._busy?"":this._field.value),copy:s=>this._copy(s),mark:(s,r,o)=>this._mark(s,r,o)};return c`
      <section class="assistant" aria-label=${this.heading} lang="en">
        <header>
          <div class="title">
            <div role="heading" aria-level=${e}>${this.heading}</div>
            <p>Answers from one cited document. For healthcare professionals.</p>
          </div>
          <div class="controls">
            <button type="button" class="over" @click=${this._startOver}>${Qe} Start over</button>
          </div>
          ${this._status(t)}
        </header>
        <div class="log" role="log" aria-label="Conversation" aria-live="polite" tabindex="0">
          ${this._turns.length?h:this._welcome(t)}
          ${Je(this._turns,s=>s.id,s=>c`
            <article id="turn-${s.id}" class="turn">
              <div class="question" role="heading" aria-level=${e+1}><span class="hidden">You asked: </span>${s.question}</div>
              ${at(s,t)}
            </article>
          `)}
        </div>
        ${this._composer()}
      </section>
    `}_roleChoice(){return this._settings?.roles?.length?c`
      <label class="role">I am a
        <select @change=${this._chooseRole}>
          <option value="">not said</option>
          ${this._settings.roles.map(({label:e,message:t})=>c`<option value=${t} ?selected=${t===this._role}>${e}</option>`)}
        </select>
      </label>
    `:h}_status({language:e}){let{updated:t,review_status:s}=this._settings?.document??{};return t?c`<p class="status">
      <span>Document updated ${se(e,t)}</span>
      <span class="chip review">${Xe} Review: ${s}</span>
    </p>`:c`<p class="status">Document: ${this._problem?"not known until the assistant is reached":"loading…"}</p>`}_welcome(e){let t=this._settings?.examples??[];return c`
      <div class="welcome">
        <p class="lead">Ask in your own words. Every line of an answer is a fact of the document, with how sure it is and where it stands.</p>
        ${this._settings?c`<p class="note">${this._settings.document.disclaimer}</p>`:h}
        ${this._roleChoice()}
        ${t.length?c`
          <div class="next" role="group" aria-label="Examples">
            <span class="label" aria-hidden="true">For example</span>
            ${t.map(s=>c`<button type="button" class="follow-up" @click=${()=>e.ask(s)}>${s}</button>`)}
          </div>`:h}
      </div>
    `}_composer(){let e=this._slow?"Still looking it up…":"Looking it up…";return c`
      <form class="composer" @submit=${this._submit}>
        <div class="hidden" role="status">${this._busy?e:this._said}</div>
        <div role="alert">
          ${this._problem?c`<p class="problem">
            ${H} <span>${this._problem.words}</span>
            <button type="button" @click=${this._problem.again}>Try again</button>
          </p>`:h}
        </div>
        ${this._busy?c`<p class="working" aria-hidden="true"><span class="dots"><i></i><i></i><i></i></span>${e}</p>`:h}
        <label for="question" class="asked">Your question</label>
        <div class="row">
          <textarea id="question" rows="1" autocomplete="off" aria-describedby="hint" placeholder="Dose, evidence, risks…"
            ?readonly=${this._busy} aria-busy=${this._busy} @keydown=${this._key}></textarea>
          <button class="send" aria-disabled=${this._busy}>Ask</button>
        </div>
        <p id="hint">Name no patient. <span class="keys">Enter asks, Shift+Enter makes a new line.</span></p>
      </form>
    `}};customElements.define("calciphylaxis-assistant",ke);})();
