package kener_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// sources are the library's own files, without those of tests.
func sources(t *testing.T) (*token.FileSet, []*ast.File) {
	t.Helper()
	set, found := token.NewFileSet(), []*ast.File{}
	for _, each := range must(os.ReadDir("."))(t) {
		if name := each.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			found = append(found, must(parser.ParseFile(set, name, nil, parser.ParseComments))(t))
		}
	}
	return set, found
}

func TestEveryExportedNameIsExplained(t *testing.T) {
	set, files := sources(t)
	own := must(doc.NewFromFiles(set, files, "github.com/kener/go-sdk"))(t)
	explained := map[string]string{"the package": own.Doc}
	for _, each := range own.Funcs {
		explained[each.Name] = each.Doc
	}
	values := append(own.Consts, own.Vars...)
	for _, each := range own.Types {
		explained[each.Name] = each.Doc
		values = append(append(values, each.Consts...), each.Vars...)
		for _, function := range append(each.Funcs, each.Methods...) {
			explained[each.Name+"."+function.Name] = function.Doc
		}
	}
	for _, each := range values {
		explained[each.Names[0]] = each.Doc
	}
	if len(explained) < 250 {
		t.Errorf("only %d names are exported", len(explained))
	}
	for name, text := range explained {
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s is not explained", name)
		}
	}
}

func TestOnlyTheStandardLibraryIsUsed(t *testing.T) {
	_, files := sources(t)
	for _, file := range files {
		for _, each := range file.Imports {
			if strings.Contains(each.Path.Value, ".") {
				t.Errorf("%s is used", each.Path.Value)
			}
		}
	}
}
