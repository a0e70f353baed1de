// Vite 7's development server moves a package's script away from its other files, unless it is told to leave the package alone.
export default { optimizeDeps: { exclude: ['postern'] } };
