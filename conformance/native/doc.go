// Package native runs the table of cases against the product's own Go code, without a browser. Its tests alone, of all that judges the product,
// import the product; the table and the hostile provider, which say what is right, don't.
package native
