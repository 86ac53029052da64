/** The version of this package, and of the core that is compiled into it. */
export const version: string = '0.1.0';
