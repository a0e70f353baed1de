/** No SDK: what the page alone takes. */
export const start = async () => ({});
