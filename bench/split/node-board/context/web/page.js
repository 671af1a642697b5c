import { shout } from "./shout.js";
document.title = shout("board");
