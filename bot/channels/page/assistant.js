/* calciphylaxis-assistant; sources sha256 240973bb9c347b96dcdb2fe1f153cd8546080620215a969b4b5156c10508ba9e; made by web/build.mjs, not by hand */
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
(()=>{var j=globalThis,V=j.ShadowRoot&&(j.ShadyCSS===void 0||j.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,ke=Symbol(),we=new WeakMap,B=class{constructor(e,t,s){if(this._$cssResult$=!0,s!==ke)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(V&&e===void 0){let s=t!==void 0&&t.length===1;s&&(e=we.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),s&&we.set(t,e))}return e}toString(){return this.cssText}},W=i=>new B(typeof i=="string"?i:i+"",void 0,ke);var Ae=(i,e)=>{if(V)i.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let s=document.createElement("style"),r=j.litNonce;r!==void 0&&s.setAttribute("nonce",r),s.textContent=t.cssText,i.appendChild(s)}},ie=V?i=>i:i=>i instanceof CSSStyleSheet?(e=>{let t="";for(let s of e.cssRules)t+=s.cssText;return W(t)})(i):i;var{is:dt,defineProperty:ht,getOwnPropertyDescriptor:pt,getOwnPropertyNames:ut,getOwnPropertySymbols:mt,getPrototypeOf:ft}=Object,q=globalThis,xe=q.trustedTypes,gt=xe?xe.emptyScript:"",$t=q.reactiveElementPolyfillSupport,U=(i,e)=>i,re={toAttribute(i,e){switch(e){case Boolean:i=i?gt:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,e){let t=i;switch(e){case Boolean:t=i!==null;break;case Number:t=i===null?null:Number(i);break;case Object:case Array:try{t=JSON.parse(i)}catch{t=null}}return t}},Ee=(i,e)=>!dt(i,e),Se={attribute:!0,type:String,converter:re,reflect:!1,useDefault:!1,hasChanged:Ee};Symbol.metadata??=Symbol("metadata"),q.litPropertyMetadata??=new WeakMap;var y=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=Se){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let s=Symbol(),r=this.getPropertyDescriptor(e,s,t);r!==void 0&&ht(this.prototype,e,r)}}static getPropertyDescriptor(e,t,s){let{get:r,set:o}=pt(this.prototype,e)??{get(){return this[t]},set(n){this[t]=n}};return{get:r,set(n){let h=r?.call(this);o?.call(this,n),this.requestUpdate(e,h,s)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??Se}static _$Ei(){if(this.hasOwnProperty(U("elementProperties")))return;let e=ft(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(U("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(U("properties"))){let t=this.properties,s=[...ut(t),...mt(t)];for(let r of s)this.createProperty(r,t[r])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[s,r]of t)this.elementProperties.set(s,r)}this._$Eh=new Map;for(let[t,s]of this.elementProperties){let r=this._$Eu(t,s);r!==void 0&&this._$Eh.set(r,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let s=new Set(e.flat(1/0).reverse());for(let r of s)t.unshift(ie(r))}else e!==void 0&&t.push(ie(e));return t}static _$Eu(e,t){let s=t.attribute;return s===!1?void 0:typeof s=="string"?s:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let s of t.keys())this.hasOwnProperty(s)&&(e.set(s,this[s]),delete this[s]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Ae(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,s){this._$AK(e,s)}_$ET(e,t){let s=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,s);if(r!==void 0&&s.reflect===!0){let o=(s.converter?.toAttribute!==void 0?s.converter:re).toAttribute(t,s.type);this._$Em=e,o==null?this.removeAttribute(r):this.setAttribute(r,o),this._$Em=null}}_$AK(e,t){let s=this.constructor,r=s._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let o=s.getPropertyOptions(r),n=typeof o.converter=="function"?{fromAttribute:o.converter}:o.converter?.fromAttribute!==void 0?o.converter:re;this._$Em=r;let h=n.fromAttribute(t,o.type);this[r]=h??this._$Ej?.get(r)??h,this._$Em=null}}requestUpdate(e,t,s,r=!1,o){if(e!==void 0){let n=this.constructor;if(r===!1&&(o=this[e]),s??=n.getPropertyOptions(e),!((s.hasChanged??Ee)(o,t)||s.useDefault&&s.reflect&&o===this._$Ej?.get(e)&&!this.hasAttribute(n._$Eu(e,s))))return;this.C(e,t,s)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:s,reflect:r,wrapped:o},n){s&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,n??t??this[e]),o!==!0||n!==void 0)||(this._$AL.has(e)||(this.hasUpdated||s||(t=void 0),this._$AL.set(e,t)),r===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[r,o]of this._$Ep)this[r]=o;this._$Ep=void 0}let s=this.constructor.elementProperties;if(s.size>0)for(let[r,o]of s){let{wrapped:n}=o,h=this[r];n!==!0||this._$AL.has(r)||h===void 0||this.C(r,void 0,o,h)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(s=>s.hostUpdate?.()),this.update(t)):this._$EM()}catch(s){throw e=!1,this._$EM(),s}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};y.elementStyles=[],y.shadowRootOptions={mode:"open"},y[U("elementProperties")]=new Map,y[U("finalized")]=new Map,$t?.({ReactiveElement:y}),(q.reactiveElementVersions??=[]).push("2.1.2");var ne=globalThis,Ce=i=>i,F=ne.trustedTypes,Te=F?F.createPolicy("lit-html",{createHTML:i=>i}):void 0,ae="$lit$",v=`lit$${Math.random().toFixed(9).slice(2)}$`,le="?"+v,_t=`<${le}>`,C=document,L=()=>C.createComment(""),I=i=>i===null||typeof i!="object"&&typeof i!="function",ce=Array.isArray,Ue=i=>ce(i)||typeof i?.[Symbol.iterator]=="function",oe=`[ 	
\f\r]`,O=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,ze=/-->/g,Re=/>/g,S=RegExp(`>|${oe}(?:([^\\s"'>=/]+)(${oe}*=${oe}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Ne=/'/g,Me=/"/g,Oe=/^(?:script|style|textarea|title)$/i,de=i=>(e,...t)=>({_$litType$:i,strings:e,values:t}),l=de(1),$=de(2),Wt=de(3),w=Symbol.for("lit-noChange"),c=Symbol.for("lit-nothing"),Pe=new WeakMap,E=C.createTreeWalker(C,129);function Le(i,e){if(!ce(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return Te!==void 0?Te.createHTML(e):e}var Ie=(i,e)=>{let t=i.length-1,s=[],r,o=e===2?"<svg>":e===3?"<math>":"",n=O;for(let h=0;h<t;h++){let a=i[h],u,f,d=-1,m=0;for(;m<a.length&&(n.lastIndex=m,f=n.exec(a),f!==null);)m=n.lastIndex,n===O?f[1]==="!--"?n=ze:f[1]!==void 0?n=Re:f[2]!==void 0?(Oe.test(f[2])&&(r=RegExp("</"+f[2],"g")),n=S):f[3]!==void 0&&(n=S):n===S?f[0]===">"?(n=r??O,d=-1):f[1]===void 0?d=-2:(d=n.lastIndex-f[2].length,u=f[1],n=f[3]===void 0?S:f[3]==='"'?Me:Ne):n===Me||n===Ne?n=S:n===ze||n===Re?n=O:(n=S,r=void 0);let p=n===S&&i[h+1].startsWith("/>")?" ":"";o+=n===O?a+_t:d>=0?(s.push(u),a.slice(0,d)+ae+a.slice(d)+v+p):a+v+(d===-2?h:p)}return[Le(i,o+(i[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),s]},H=class i{constructor({strings:e,_$litType$:t},s){let r;this.parts=[];let o=0,n=0,h=e.length-1,a=this.parts,[u,f]=Ie(e,t);if(this.el=i.createElement(u,s),E.currentNode=this.el.content,t===2||t===3){let d=this.el.content.firstChild;d.replaceWith(...d.childNodes)}for(;(r=E.nextNode())!==null&&a.length<h;){if(r.nodeType===1){if(r.hasAttributes())for(let d of r.getAttributeNames())if(d.endsWith(ae)){let m=f[n++],p=r.getAttribute(d).split(v),g=/([.?@])?(.*)/.exec(m);a.push({type:1,index:o,name:g[2],strings:p,ctor:g[1]==="."?Z:g[1]==="?"?G:g[1]==="@"?Y:z}),r.removeAttribute(d)}else d.startsWith(v)&&(a.push({type:6,index:o}),r.removeAttribute(d));if(Oe.test(r.tagName)){let d=r.textContent.split(v),m=d.length-1;if(m>0){r.textContent=F?F.emptyScript:"";for(let p=0;p<m;p++)r.append(d[p],L()),E.nextNode(),a.push({type:2,index:++o});r.append(d[m],L())}}}else if(r.nodeType===8)if(r.data===le)a.push({type:2,index:o});else{let d=-1;for(;(d=r.data.indexOf(v,d+1))!==-1;)a.push({type:7,index:o}),d+=v.length-1}o++}}static createElement(e,t){let s=C.createElement("template");return s.innerHTML=e,s}};function T(i,e,t=i,s){if(e===w)return e;let r=s!==void 0?t._$Co?.[s]:t._$Cl,o=I(e)?void 0:e._$litDirective$;return r?.constructor!==o&&(r?._$AO?.(!1),o===void 0?r=void 0:(r=new o(i),r._$AT(i,t,s)),s!==void 0?(t._$Co??=[])[s]=r:t._$Cl=r),r!==void 0&&(e=T(i,r._$AS(i,e.values),r,s)),e}var K=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:s}=this._$AD,r=(e?.creationScope??C).importNode(t,!0);E.currentNode=r;let o=E.nextNode(),n=0,h=0,a=s[0];for(;a!==void 0;){if(n===a.index){let u;a.type===2?u=new R(o,o.nextSibling,this,e):a.type===1?u=new a.ctor(o,a.name,a.strings,this,e):a.type===6&&(u=new J(o,this,e)),this._$AV.push(u),a=s[++h]}n!==a?.index&&(o=E.nextNode(),n++)}return E.currentNode=C,r}p(e){let t=0;for(let s of this._$AV)s!==void 0&&(s.strings!==void 0?(s._$AI(e,s,t),t+=s.strings.length-2):s._$AI(e[t])),t++}},R=class i{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,s,r){this.type=2,this._$AH=c,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=s,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=T(this,e,t),I(e)?e===c||e==null||e===""?(this._$AH!==c&&this._$AR(),this._$AH=c):e!==this._$AH&&e!==w&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):Ue(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==c&&I(this._$AH)?this._$AA.nextSibling.data=e:this.T(C.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:s}=e,r=typeof s=="number"?this._$AC(e):(s.el===void 0&&(s.el=H.createElement(Le(s.h,s.h[0]),this.options)),s);if(this._$AH?._$AD===r)this._$AH.p(t);else{let o=new K(r,this),n=o.u(this.options);o.p(t),this.T(n),this._$AH=o}}_$AC(e){let t=Pe.get(e.strings);return t===void 0&&Pe.set(e.strings,t=new H(e)),t}k(e){ce(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,s,r=0;for(let o of e)r===t.length?t.push(s=new i(this.O(L()),this.O(L()),this,this.options)):s=t[r],s._$AI(o),r++;r<t.length&&(this._$AR(s&&s._$AB.nextSibling,r),t.length=r)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let s=Ce(e).nextSibling;Ce(e).remove(),e=s}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},z=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,s,r,o){this.type=1,this._$AH=c,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=o,s.length>2||s[0]!==""||s[1]!==""?(this._$AH=Array(s.length-1).fill(new String),this.strings=s):this._$AH=c}_$AI(e,t=this,s,r){let o=this.strings,n=!1;if(o===void 0)e=T(this,e,t,0),n=!I(e)||e!==this._$AH&&e!==w,n&&(this._$AH=e);else{let h=e,a,u;for(e=o[0],a=0;a<o.length-1;a++)u=T(this,h[s+a],t,a),u===w&&(u=this._$AH[a]),n||=!I(u)||u!==this._$AH[a],u===c?e=c:e!==c&&(e+=(u??"")+o[a+1]),this._$AH[a]=u}n&&!r&&this.j(e)}j(e){e===c?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},Z=class extends z{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===c?void 0:e}},G=class extends z{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==c)}},Y=class extends z{constructor(e,t,s,r,o){super(e,t,s,r,o),this.type=5}_$AI(e,t=this){if((e=T(this,e,t,0)??c)===w)return;let s=this._$AH,r=e===c&&s!==c||e.capture!==s.capture||e.once!==s.once||e.passive!==s.passive,o=e!==c&&(s===c||r);r&&this.element.removeEventListener(this.name,this,s),o&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},J=class{constructor(e,t,s){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=s}get _$AU(){return this._$AM._$AU}_$AI(e){T(this,e)}},He={M:ae,P:v,A:le,C:1,L:Ie,R:K,D:Ue,V:T,I:R,H:z,N:G,U:Y,B:Z,F:J},bt=ne.litHtmlPolyfillSupport;bt?.(H,R),(ne.litHtmlVersions??=[]).push("3.3.3");var De=(i,e,t)=>{let s=t?.renderBefore??e,r=s._$litPart$;if(r===void 0){let o=t?.renderBefore??null;s._$litPart$=r=new R(e.insertBefore(L(),o),o,void 0,t??{})}return r._$AI(i),r};var he=globalThis,k=class extends y{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=De(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return w}};k._$litElement$=!0,k.finalized=!0,he.litElementHydrateSupport?.({LitElement:k});var yt=he.litElementPolyfillSupport;yt?.({LitElement:k});(he.litElementVersions??=[]).push("4.2.2");var je={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},Be=i=>(...e)=>({_$litDirective$:i,values:e}),Q=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,s){this._$Ct=e,this._$AM=t,this._$Ci=s}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};var{I:vt}=He,Ve=i=>i;var We=()=>document.createComment(""),N=(i,e,t)=>{let s=i._$AA.parentNode,r=e===void 0?i._$AB:e._$AA;if(t===void 0){let o=s.insertBefore(We(),r),n=s.insertBefore(We(),r);t=new vt(o,n,i,i.options)}else{let o=t._$AB.nextSibling,n=t._$AM,h=n!==i;if(h){let a;t._$AQ?.(i),t._$AM=i,t._$AP!==void 0&&(a=i._$AU)!==n._$AU&&t._$AP(a)}if(o!==r||h){let a=t._$AA;for(;a!==o;){let u=Ve(a).nextSibling;Ve(s).insertBefore(a,r),a=u}}}return t},A=(i,e,t=i)=>(i._$AI(e,t),i),wt={},qe=(i,e=wt)=>i._$AH=e,Fe=i=>i._$AH,X=i=>{i._$AR(),i._$AA.remove()};var Ke=(i,e,t)=>{let s=new Map;for(let r=e;r<=t;r++)s.set(i[r],r);return s},Ze=Be(class extends Q{constructor(i){if(super(i),i.type!==je.CHILD)throw Error("repeat() can only be used in text expressions")}dt(i,e,t){let s;t===void 0?t=e:e!==void 0&&(s=e);let r=[],o=[],n=0;for(let h of i)r[n]=s?s(h,n):n,o[n]=t(h,n),n++;return{values:o,keys:r}}render(i,e,t){return this.dt(i,e,t).values}update(i,[e,t,s]){let r=Fe(i),{values:o,keys:n}=this.dt(e,t,s);if(!Array.isArray(r))return this.ut=n,o;let h=this.ut??=[],a=[],u,f,d=0,m=r.length-1,p=0,g=o.length-1;for(;d<=m&&p<=g;)if(r[d]===null)d++;else if(r[m]===null)m--;else if(h[d]===n[p])a[p]=A(r[d],o[p]),d++,p++;else if(h[m]===n[g])a[g]=A(r[m],o[g]),m--,g--;else if(h[d]===n[g])a[g]=A(r[d],o[g]),N(i,a[g+1],r[d]),d++,g--;else if(h[m]===n[p])a[p]=A(r[m],o[p]),N(i,r[d],r[m]),m--,p++;else if(u===void 0&&(u=Ke(n,p,g),f=Ke(h,d,m)),u.has(h[d]))if(u.has(h[m])){let b=f.get(n[p]),se=b!==void 0?r[b]:null;if(se===null){let ve=N(i,r[d]);A(ve,o[p]),a[p]=ve}else a[p]=A(se,o[p]),N(i,r[d],se),r[b]=null;p++}else X(r[m]),m--;else X(r[d]),d++;for(;p<=g;){let b=N(i,a[g+1]);A(b,o[p]),a[p++]=b}for(;d<=m;){let b=r[d++];b!==null&&X(b)}return this.ut=n,qe(i,a),w}});var _=i=>l`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${i}</svg>`,x=$`<circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.5" />`,kt=$`<path d="M8 1.6 15 14H1Z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" />
  <path d="M8 6v4" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" /><circle cx="8" cy="12" r="0.95" fill="currentColor" />`,M=_(kt),Ge=_($`<path d="M3 8a5 5 0 1 0 1.6-3.7M3 2v3.2h3.2" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" />`),Ye=_($`${x}<path d="M8 4.2V8l2.6 1.6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" />`),Je=_($`${x}<path d="M6.2 6.3a1.9 1.9 0 1 1 2.6 1.8c-.6.2-.8.6-.8 1.2" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" /><circle cx="8" cy="11.5" r="0.85" fill="currentColor" />`),Qe=_($`${x}<path d="M3.6 12.4 12.4 3.6" stroke="currentColor" stroke-width="1.5" />`),Xe=_($`<path d="M8 1.5 13.5 3.4v4.2c0 3.4-2.3 5.8-5.5 6.9-3.2-1.1-5.5-3.5-5.5-6.9V3.4Z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" />`),pe={limited:_($`${x}<path d="M8 8V1.5A6.5 6.5 0 0 1 14.5 8Z" fill="currentColor" />`),mixed:_($`${x}<path d="M8 1.5a6.5 6.5 0 0 1 0 13Z" fill="currentColor" />`),promising:_($`${x}<path d="M8 8V1.5A6.5 6.5 0 1 1 1.5 8Z" fill="currentColor" />`),not_significant:_($`${x}<path d="M4.6 6.8q1.7-1.7 3.4 0t3.4 0M4.6 10q1.7-1.7 3.4 0t3.4 0" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" />`),not_stated:_(x)};var ue={clarify:"The assistant asks back",out_of_scope:"Not answered from the document",urgent:"Emergency",error:"No answer"},me={away:"The assistant cannot be reached. Your question is kept below.",denied:"This page is not signed in to the assistant. Sign in again or tell those who run it. Your question is kept below."},fe={away:"The assistant cannot be reached at the moment.",denied:"This page is not signed in to the assistant. Sign in again or tell those who run it."};function ee(i,e){let t=new Date(`${e}T00:00:00Z`);if(Number.isNaN(t.getTime()))return e;let s={day:"numeric",month:"short",year:"numeric",timeZone:"UTC"};return new Intl.DateTimeFormat(i==="en"?"en-GB":i,s).format(t)}function st(i){let[e,t]=i.split("/"),s=e.replaceAll("-"," ");return`${s[0].toUpperCase()}${s.slice(1)}, bullet ${t}`}function ge(i,e){return i.replace(/\{(\w+)\}/g,(t,s)=>e[s])}function $e(i){let e=[];for(let t of i){let s=e.at(-1);s&&s.source===t.source&&s.certainty===t.certainty?s.facts.push(t):e.push({source:t.source,certainty:t.certainty,citations:t.citations,facts:[t]})}return e}var et=String.raw`\d+(?:,\d{3})*(?:\.\d+)?`,tt=String.raw`(?:[\s-]?(?:%|per cent|fold|mcg|µg|mg|g|pg/mL|mL|times|days?|weeks?|months?|years?)(?![A-Za-z]))`,At=String.raw`(?:\s(?:per|a|each|every)\s(?:dialysis\s)?(?:session|day|week|month|year)\b)`,xt=new RegExp(String.raw`(?<![A-Za-z\d])(?:[<>≤≥~]\s?)?${et}(?:${tt})?(?:\s?(?:to|–|-)\s?${et})?(?:${tt})?(?<rate>${At})?(?![A-Za-z\d])`,"g");function it(i){let e=[],t=0;for(let s of i.matchAll(xt)){s.index>t&&e.push({text:i.slice(t,s.index)});let r=s.groups.rate??"";e.push({figure:s[0].slice(0,s[0].length-r.length),rate:r}),t=s.index+s[0].length}return t<i.length&&e.push({text:i.slice(t)}),e}function rt(i,e){let{custom:t,lead:s,notes:r}=i.answer,o=$e(t.facts);return l`
    <div class="answer ${t.kind}">
      ${t.kind==="urgent"?Ct(s,e):Et(t,s,e)}
      ${t.notice?l`<p class="notice">${Xe} <span>${t.notice}</span></p>`:c}
      ${o.map((n,h)=>zt(n,t,e,h===0))}
      ${$e(t.pitfalls).map(n=>Rt(n,t,e))}
      ${r.map(n=>l`<p class="note">${n}</p>`)}
      ${o.length?c:nt(t.references,e)}
      ${Nt(i,e)}
      ${Mt(i,e)}
    </div>
  `}var St={clarify:Je,out_of_scope:Qe,error:M};function be(i,e,t=c){return l`<div role="heading" aria-level=${i} class="label">${t} ${e}</div>`}function Et(i,e,t){let s=ue[i.kind];return l`
    ${i.kind==="answer"?Tt(i,t):c}
    ${s?be(t.level+2,s,St[i.kind]):c}
    ${e.map(r=>l`<p class="lead">${r}</p>`)}
  `}function Ct([i,...e],t){return l`
    <div class="alarm">
      ${be(t.level+2,ue.urgent,l`<span class="sign" aria-hidden="true">!</span>`)}
      <p>${i}</p>
    </div>
    ${e.map(s=>l`<p class="lead">${s}</p>`)}
  `}function Tt({understood:i},{settings:e}){let t=o=>e.topics[o]??o.replaceAll("_"," "),s=[e.asked[i.intent],...i.topics.map(t)].filter(Boolean);if(!s.length)return c;let r=i.assumed.map(t).join(", ");return l`<p class="read">
    Read as: ${s.join(" · ")}${r?l` <span class="carried">(carried over: ${r})</span>`:c}
  </p>`}function _e(i){return it(i).map(({text:e,figure:t,rate:s})=>t?l`<strong class="figure"><span>${t}</span>${s}</strong>`:e)}function zt(i,e,t,s){let[r,...o]=s?i.facts:[null,...i.facts];return l`
    <div class="group">
      ${r?l`<p class="key">${_e(r.statement)}</p>`:c}
      ${o.length?l`<ul>${o.map(n=>l`<li>${_e(n.statement)}</li>`)}</ul>`:c}
      ${ot(i,e,t)}
    </div>
  `}function Rt(i,e,t){return l`
    <div class="pitfall">
      ${be(t.level+2,"Pitfall",M)}
      ${i.facts.map(s=>l`<p>${_e(s.statement)}</p>`)}
      ${ot(i,e,t)}
    </div>
  `}function ot({source:i,certainty:e,citations:t},s,r){return l`
    <div class="grounds">
      <span class="chip ${e}">
        ${pe[e]??pe.not_stated} Certainty: ${r.settings.certainty[e]??e}
      </span>
      <details>
        <summary>Source ${t.map(o=>`[${o}]`).join(" ")}<span class="hidden"> of ${i}</span></summary>
        <div class="source">
          <p>${st(i)} <code>${i}</code></p>
          ${nt(s.references.filter(({marker:o})=>t.includes(o)),r)}
        </div>
      </details>
    </div>
  `}function nt(i,{settings:e}){return i.length?l`
    <ul class="references">
      ${i.map(({marker:t,title:s,listed:r})=>l`<li>
        <b>[${t}]</b> ${r?s:ge(e.unlisted,{markers:t})}
      </li>`)}
    </ul>
    ${i.some(({listed:t})=>t)?l`<p class="note">Matched ${e.by_position}.</p>`:c}
  `:c}function Nt(i,e){let{custom:t}=i.answer,s=t.kind==="error"&&i.question?[i.question]:[],r=s.length?s:t.follow_ups;if(!r.length)return c;let o=s.length?"Ask again":t.facts.length?"Ask next":"You can ask",n=["clarify","out_of_scope"].includes(t.kind);return l`
    <div class="next" role="group" aria-label=${o}>
      ${n?c:l`<span class="label" aria-hidden="true">${o}</span>`}
      ${r.map(h=>l`
        <button type="button" class="follow-up" aria-disabled=${e.busy} @click=${()=>e.ask(h)}>${h}</button>
      `)}
    </div>
  `}function Mt(i,e){let{kind:t,facts:s,document:r}=i.answer.custom,o=e.settings.marks.length>0&&!["smalltalk","error"].includes(t);if(!s.length&&!o)return c;let n={updated:ee(e.language,r.updated),status:r.review_status};return l`
    <div class="foot">
      ${s.length?l`
        <p>${ge(e.settings.status,n)}</p>
        <button type="button" @click=${()=>e.copy(i)}>${i.copied?"✓ Copied":"Copy for the notes"}</button>
      `:c}
      ${o?Pt(i,e):c}
    </div>
    ${i.remarking?Ut(i,e):c}
  `}function Pt(i,e){return i.marked?l`<span class="marked" tabindex="-1">✓ Marked as ${i.marked.label.toLowerCase()}. Thank you.</span>`:l`
    <span role="group" aria-label="Mark this answer" class="marks">
      <span aria-hidden="true">This answer is</span>
      ${e.settings.marks.map(t=>l`
        <button type="button" aria-expanded=${t.remark?i.remarking===t:c}
          @click=${()=>e.mark(i,t)}>${t.label}</button>
      `)}
    </span>
    ${i.markFailed?l`<span class="failed">${M} The mark could not be sent. Try again.</span>`:c}
  `}function Ut(i,e){return l`
    <form class="remark" @submit=${s=>{s.preventDefault(),e.mark(i,i.remarking,new FormData(s.target).get("remark").trim())}}>
      <label for="remark-${i.id}">What is ${i.remarking.label.toLowerCase()}? Optional; name no patient.</label>
      <div>
        <input id="remark-${i.id}" name="remark" maxlength=${e.settings.longest_remark} autocomplete="off" />
        <button>Send</button>
      </div>
    </form>
  `}async function at(i,e){try{return await navigator.clipboard.writeText(i),!0}catch{let t=Object.assign(document.createElement("textarea"),{value:i,readOnly:!0}),s=e.activeElement;e.append(t),t.select();let r=document.execCommand("copy");return t.remove(),s?.focus(),r}}var P=class extends Error{constructor(e){super(e),this.why=e}},te=class{constructor(e){this.base=e}settings(){return this.#e("settings")}async ask(e,t,s){let r=await this.#e("messages",{sender:e,message:t,answer:s});if(!r?.custom?.kind)throw new P("away");return r}mark(e,t,s,r){return this.#e("feedback",{sender:e,answer:t,mark:s,remark:r})}async#e(e,t){let s,r;try{s=await fetch(new URL(`webhooks/page/${e}`,this.base),{...t&&{method:"POST",headers:{"Content-Type":"application/json"},body:JSON.stringify(t)},cache:"no-store",signal:AbortSignal.timeout(2e4)}),r=s.status===204?null:await s.json()}catch{throw new P(lt(s)?"denied":"away")}if(lt(s))throw new P("denied");if(!s.ok&&e!=="messages")throw new P("away");return r}};function lt(i){return i?.status===401||i?.status===403}function D(){return crypto.randomUUID?crypto.randomUUID():Array.from(crypto.getRandomValues(new Uint8Array(16)),i=>i.toString(16).padStart(2,"0")).join("")}var ct=`/* Colours follow the page around: with \`color-scheme: light dark\` there, the reader's system decides. */
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
  grid-template-rows: auto auto minmax(0, 1fr) auto;
  block-size: 100%;
}

/* The bands share one column, so that lines stay short on a wide screen. */
header, .status, .log, .composer { padding-inline: max(1em, (100% - 50em) / 2); }

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
  padding-block: 0.8em 0.4em;
  background: var(--card);
}

.title { flex: 1 1 10em; min-inline-size: 0; }

.title [role="heading"] { font-size: 1.25em; font-weight: 700; line-height: 1.25; }

.title p { font-size: 0.875em; color: var(--muted); }

.over, .role { font-size: 0.875em; }

.role { display: flex; align-items: center; gap: 0.4em; }

.status {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.2em 0.75em;
  padding-block: 0 0.6em;
  border-block-end: 1px solid var(--line);
  background: var(--card);
  color: var(--muted);
}

/* The band itself keeps the size that its padding counts in. */
.status > * { font-size: 0.875em; }

.status .chip { min-block-size: 1.7em; }

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

.source .references, .source .note { font-size: 1em; color: inherit; }

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

/* The colour of warnings is kept for what is one. */
.chip.review { border-color: var(--warn); background: var(--warn-ground); color: var(--warn-text); }

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

.marks, .failed { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4em; }

.marks [aria-expanded="true"] { border-color: var(--accent); background: var(--tint); }

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
  background: var(--card);
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
  header, .status, .log, .composer { padding-inline: 0.75rem; }
  header { padding-block: 0.5em 0.3em; gap: 0.35em 0.75em; }
  .title p { display: none; }
  .title [role="heading"] { font-size: 1.125em; }
  .grounds { font-size: 0.8125em; }
  .marks > span { flex-basis: 100%; }
  .status { column-gap: 0.5em; }
  .status > * { font-size: 0.75em; }
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

/* Little height (a phone on its side or with its keyboard up, 400% zoom): one page that scrolls, and of the head only
   the document's state stays. */
@media (max-height: 30rem) {
  :host { block-size: auto; min-block-size: 100dvh; }
  .assistant { grid-template-rows: auto auto auto auto; }
  .log { overflow-y: visible; }
  .status { position: sticky; inset-block-start: 0; z-index: 1; gap: 0 0.6em; padding-block: 0.15em; }
  .status > * { font-size: 0.75em; }
  .status .chip { min-block-size: 0; padding: 0 0.5em; }
  .turn, button, summary, textarea, input, select { scroll-margin-block-start: 3.5rem; }
}
`;var Lt=4e3,It=new URL(".",document.currentScript?.src??document.baseURI).href,ye=class extends k{#e=D();static styles=W(ct);static properties={endpoint:{},heading:{},headingLevel:{attribute:"heading-level",type:Number},lang:{},_settings:{state:!0},_turns:{state:!0},_busy:{state:!0},_slow:{state:!0},_problem:{state:!0},_said:{state:!0}};constructor(){super(),this.heading="Calciphylaxis Assistant",this.headingLevel=2,this._turns=[],this._busy=!1}connectedCallback(){super.connectedCallback(),this._settings||this._open()}get _service(){let e=this.endpoint?new URL(this.endpoint,document.baseURI).href:It;return new te(e.endsWith("/")?e:`${e}/`)}get _field(){return this.renderRoot.querySelector("textarea")}async _load(){this._settings??=await this._service.settings(),this._problem=null}async _open(){try{await this._load()}catch(e){this._problem={words:fe[e.why]??fe.away,again:()=>this._open()}}}async _ask(e,t=""){let s=e.trim();if(this._busy||!s)return;this._begin(e);let r=this.#e,o=setTimeout(()=>this._slow=!0,Lt);try{let n=await this._answerTo(s,r);r===this.#e&&await this._put(n,t)}catch(n){let h=()=>this._ask(this._field.value,t);r===this.#e&&(this._problem={words:me[n.why]??me.away,again:h})}finally{clearTimeout(o),r===this.#e&&(this._busy=this._slow=!1)}}_tryAgain(){this._field.focus(),this._problem.again()}_begin(e){this._busy=!0,this._problem=null,this._said="",this._field.value=e}async _answerTo(e,t){await this._load(),await this._tellRole(t);let s=D();return{id:s,question:e,answer:await this._service.ask(t,e,s)}}async _put(e,t){this._turns=[...this._turns,e],this._field.value=t,matchMedia("(pointer: coarse)").matches&&this._field.blur(),await this.updateComplete,this._show(e.id)}_show(e){let t=this.renderRoot.querySelector(".log"),s=this.renderRoot.getElementById(`turn-${e}`);getComputedStyle(t).overflowY==="auto"?t.scrollTop=s.offsetTop-t.offsetTop:s.scrollIntoView({block:"start"})}_change(e,t){this._turns=this._turns.map(s=>s.id===e.id?{...s,...t}:s)}async _copy(e){let t=await at(e.answer.copy,this.renderRoot);this._change(e,{copied:t}),this._said=t?"Copied for the notes.":"Copying is not allowed here: select the answer and copy it."}async _mark(e,t,s){if(t.remark&&s===void 0)return this._askForRemark(e,t);try{await this._service.mark(this.#e,e.id,t.mark,s??""),this._change(e,{marked:t,markFailed:!1,remarking:null}),await this.updateComplete,this.renderRoot.querySelector(`#turn-${CSS.escape(e.id)} .marked`)?.focus()}catch{this._change(e,{markFailed:!0}),this._said="The mark could not be sent. Try again."}}async _askForRemark(e,t){this._change(e,{remarking:t}),await this.updateComplete,this.renderRoot.getElementById(`remark-${e.id}`).focus()}_startOver(){this.#e=D(),this._turns=[],this._problem=null,this._busy=this._slow=this._roleTold=!1,this._field.value="",this._said="Started over.",this._field.focus()}_submit(e){e.preventDefault(),this._ask(this._field.value)}_key(e){e.key==="Enter"&&!e.shiftKey&&!e.isComposing&&this._submit(e)}_chooseRole(e){this._role=e.target.value,this._roleTold=!1}async _tellRole(e){!this._role||this._roleTold||(await this._service.ask(e,this._role,D()),this._roleTold=!0)}render(){let e=this.headingLevel||2,t={settings:this._settings,language:this.lang||"en",level:e,busy:this._busy,ask:s=>this._ask(s,this._busy?"":this._field.value),copy:s=>this._copy(s),mark:(s,r,o)=>this._mark(s,r,o)};return l`
      <section class="assistant" aria-label=${this.heading} lang="en">
        <header>
          <div class="title">
            <div role="heading" aria-level=${e}>${this.heading}</div>
            <p>Answers from one cited document. For healthcare professionals.</p>
          </div>
          <button type="button" class="over" @click=${this._startOver}>${Ge} Start over</button>
        </header>
        ${this._status(t)}
        <div class="log" role="log" aria-label="Conversation" aria-live="polite" tabindex="0">
          ${this._turns.length?c:this._welcome(t)}
          ${Ze(this._turns,s=>s.id,s=>l`
            <article id="turn-${s.id}" class="turn">
              <div class="question" role="heading" aria-level=${e+1}><span class="hidden">You asked: </span>${s.question}</div>
              ${rt(s,t)}
            </article>
          `)}
        </div>
        ${this._composer()}
      </section>
    `}_roleChoice(){return this._settings?.roles?.length?l`
      <label class="role">I am a
        <select @change=${this._chooseRole}>
          <option value="">not said</option>
          ${this._settings.roles.map(({label:e,message:t})=>l`<option value=${t} ?selected=${t===this._role}>${e}</option>`)}
        </select>
      </label>
    `:c}_status({language:e}){let{updated:t,review_status:s}=this._settings?.document??{};return t?l`<p class="status">
      <span>Document of ${ee(e,t)}</span>
      <span class="chip review">${Ye} <span class="hidden">Review status: </span>${s}</span>
    </p>`:l`<p class="status">Document: ${this._problem?"not known until the assistant is reached":"loading…"}</p>`}_welcome(e){let t=this._settings?.examples??[];return l`
      <div class="welcome">
        <p class="lead">Ask in your own words. Every line of an answer is a fact of the document, with how sure it is and where it stands.</p>
        ${this._settings?l`<p class="note">${this._settings.document.disclaimer}</p>`:c}
        ${this._roleChoice()}
        ${t.length?l`
          <div class="next" role="group" aria-label="Examples">
            <span class="label" aria-hidden="true">For example</span>
            ${t.map(s=>l`<button type="button" class="follow-up" @click=${()=>e.ask(s)}>${s}</button>`)}
          </div>`:c}
      </div>
    `}_composer(){let e=this._slow?"Still looking it up…":"Looking it up…";return l`
      <form class="composer" @submit=${this._submit}>
        <div class="hidden" role="status">${this._busy?e:this._said}</div>
        <div role="alert">
          ${this._problem?l`<p class="problem">
            ${M} <span>${this._problem.words}</span>
            <button type="button" @click=${this._tryAgain}>Try again</button>
          </p>`:c}
        </div>
        ${this._busy?l`<p class="working" aria-hidden="true"><span class="dots"><i></i><i></i><i></i></span>${e}</p>`:c}
        <label for="question" class="asked">Your question</label>
        <div class="row">
          <textarea id="question" rows="1" autocomplete="off" aria-describedby="hint" placeholder="Dose, evidence, risks…"
            ?readonly=${this._busy} aria-busy=${this._busy} @keydown=${this._key}></textarea>
          <button class="send" aria-disabled=${this._busy}>Ask</button>
        </div>
        <p id="hint">Name no patient. <span class="keys">Enter asks, Shift+Enter makes a new line.</span></p>
      </form>
    `}};customElements.define("calciphylaxis-assistant",ye);})();
