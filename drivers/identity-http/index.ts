/** Identity's outside over HTTP: the register and the operators' record of SIM changes. */
export { identityRegisterHttp } from "./register.ts";
export { simSignalHttp } from "./sim.ts";
