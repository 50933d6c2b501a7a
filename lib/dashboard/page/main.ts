import { App } from './app.js';

document.body.replaceChildren(new App().element);
