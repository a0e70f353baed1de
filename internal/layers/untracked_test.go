//go:build !js

package layers

import (
	"go/ast"
	"go/token"
	"go/types"
)

// untracked returns the map lookups in a file that TinyGo's garbage collector loses sight of: the element's type holds a pointer, its value
// is used, and the lookup isn't all that a function does.
func untracked(info *types.Info, file *ast.File) (found []*ast.IndexExpr) {
	fine := make(map[ast.Expr]bool)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Body != nil {
				fine[accessed(n.Body)] = true
			}
		case *ast.FuncLit:
			fine[accessed(n.Body)] = true
		case *ast.AssignStmt:
			if n.Tok == token.ASSIGN || n.Tok == token.DEFINE {
				for _, written := range n.Lhs {
					fine[ast.Unparen(written)] = true
				}
			}
			if len(n.Lhs) == 2 && len(n.Rhs) == 1 && blank(n.Lhs[0]) { // _, found := m[k]
				fine[ast.Unparen(n.Rhs[0])] = true
			}
		case *ast.RangeStmt:
			fine[n.Key], fine[n.Value] = true, true
		}
		return true
	})
	ast.Inspect(file, func(n ast.Node) bool {
		index, ok := n.(*ast.IndexExpr)
		if ok && !fine[index] {
			if element := element(info.TypeOf(index.X)); element != nil && holdsPointer(element) {
				found = append(found, index)
			}
		}
		return true
	})
	return found
}

// accessed returns the expression of a function that does nothing but return it.
func accessed(body *ast.BlockStmt) ast.Expr {
	if len(body.List) == 1 {
		if r, ok := body.List[0].(*ast.ReturnStmt); ok && len(r.Results) == 1 {
			return ast.Unparen(r.Results[0])
		}
	}
	return nil
}

func blank(e ast.Expr) bool {
	name, ok := e.(*ast.Ident)
	return ok && name.Name == "_"
}

// element returns the type of a map's elements, and nil where t is no map.
func element(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	if p, ok := t.(*types.TypeParam); ok {
		constraint, _ := p.Constraint().Underlying().(*types.Interface)
		for union := range constraint.EmbeddedTypes() {
			terms, ok := union.(*types.Union)
			if !ok {
				return element(union)
			}
			for term := range terms.Terms() {
				if e := element(term.Type()); e != nil {
					return e
				}
			}
		}
		return nil
	}
	if m, ok := t.Underlying().(*types.Map); ok {
		return m.Elem()
	}
	return nil
}

// holdsPointer reports whether a value of this type keeps something on the heap alive. A string is a pointer too.
func holdsPointer(t types.Type) bool {
	if _, ok := t.(*types.TypeParam); ok {
		return true
	}
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Info()&types.IsString != 0 || t.Kind() == types.UnsafePointer
	case *types.Array:
		return t.Len() > 0 && holdsPointer(t.Elem())
	case *types.Struct:
		for field := range t.Fields() {
			if holdsPointer(field.Type()) {
				return true
			}
		}
		return false
	}
	return true // pointer, slice, map, channel, function, interface
}
