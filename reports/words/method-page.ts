/** Where the formulas are, from the top of the repository and of the installed package. */
export const methodPage = 'bench/docs/method.md';
