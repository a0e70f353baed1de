// React as it is in development, where StrictMode does everything twice. JSX needs no plugin.
export default { build: { minify: false, target: 'es2022' }, define: { 'process.env.NODE_ENV': '"development"' } };
