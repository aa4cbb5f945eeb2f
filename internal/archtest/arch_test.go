package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/hcsync/hcsync/"

// pkg is one package of the module: what it imports, and whether it says what
// it is.
type pkg struct {
	imports  map[string]bool
	external map[string]bool
	doc      bool
	files    map[string]*ast.File
}

var fset = token.NewFileSet()

func packages(t *testing.T) map[string]*pkg {
	t.Helper()
	out := map[string]*pkg{}
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, filepath.Join("../..", name), nil, parser.ParseComments)
		if err != nil {
			return err
		}
		add(out, path.Dir(name), name, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 10 {
		t.Fatalf("found %d packages, so this test looks in the wrong place", len(out))
	}
	return out
}

func add(out map[string]*pkg, dir, name string, f *ast.File) {
	p := out[dir]
	if p == nil {
		p = &pkg{imports: map[string]bool{}, external: map[string]bool{}, files: map[string]*ast.File{}}
		out[dir] = p
	}
	p.doc = p.doc || f.Doc != nil
	p.files[name] = f
	for _, im := range f.Imports {
		target := strings.Trim(im.Path.Value, `"`)
		if own, ok := strings.CutPrefix(target, module); ok {
			p.imports[own] = true
		} else if strings.Contains(strings.Split(target, "/")[0], ".") {
			p.external[target] = true
		}
	}
}

// table reads the import table: package → packages it may import.
func table(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	row := regexp.MustCompile("^\\| `([a-z/]+)` \\| [^|]+ \\| ([a-z, ]*)\\|$")
	for _, line := range architecture(t) {
		if m := row.FindStringSubmatch(line); m != nil {
			var may []string
			for name := range strings.SplitSeq(m[2], ",") {
				if name = strings.TrimSpace(name); name != "" {
					may = append(may, "internal/"+name)
				}
			}
			out[m[1]] = may
		}
	}
	return out
}

func architecture(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

func TestImports(t *testing.T) {
	may := table(t)
	found := packages(t)
	for dir, p := range found {
		allowed, listed := may[dir]
		if !listed {
			t.Errorf("%s is not in the table of ARCHITECTURE.md", dir)
			continue
		}
		for im := range p.imports {
			if !slices.Contains(allowed, im) {
				t.Errorf("%s imports %s, which the table of ARCHITECTURE.md does not allow", dir, im)
			}
		}
		for _, a := range allowed {
			if !p.imports[a] {
				t.Errorf("ARCHITECTURE.md allows %s to import %s, and it does not", dir, a)
			}
		}
	}
	for dir := range may {
		if found[dir] == nil {
			t.Errorf("ARCHITECTURE.md lists %s, which is not there", dir)
		}
	}
}

func TestPackageDocs(t *testing.T) {
	for dir, p := range packages(t) {
		if !p.doc {
			t.Errorf("%s has no package comment", dir)
		}
	}
}

// TestNoPrinting keeps output where it belongs: what has no writer given to it
// cannot be tested, quieted or cleaned.
func TestNoPrinting(t *testing.T) {
	for dir, p := range packages(t) {
		for _, f := range p.files {
			ast.Inspect(f, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				x, ok := sel.X.(*ast.Ident)
				if ok && x.Obj == nil && (x.Name == "fmt" && strings.HasPrefix(sel.Sel.Name, "Print") || dir != "cmd/hcsync" && x.Name == "os" && slices.Contains([]string{"Stdout", "Stderr", "Stdin", "Args", "Exit"}, sel.Sel.Name)) {
					t.Errorf("%s: %s.%s: write to the writer that was given", fset.Position(n.Pos()), x.Name, sel.Sel.Name)
				}
				return true
			})
		}
	}
}

// TestHouse holds code against the sizes of the house: a file that outgrows
// them is split before it is extended.
func TestHouse(t *testing.T) {
	for _, p := range packages(t) {
		for name, f := range p.files {
			if lines := fset.Position(f.End()).Line; lines > 450 {
				t.Errorf("%s has %d lines; 450 are the limit", name, lines)
			}
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				if fn.Name.Name == "init" && fn.Recv == nil {
					t.Errorf("%s: no init functions", fset.Position(fn.Pos()))
				}
				if n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line; n > 100 {
					t.Errorf("%s: %s has %d lines; 100 are the limit", fset.Position(fn.Pos()), fn.Name.Name, n)
				}
			}
		}
	}
}

// TestDependencies wants a sentence for every direct dependency.
func TestDependencies(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	require := regexp.MustCompile(`(?m)^(?:require )?\s*([a-z][^\s]+\.[^\s]+) v\S+$`)
	for _, m := range require.FindAllStringSubmatch(string(mod), -1) {
		want[m[1]] = true
	}
	have := map[string]bool{}
	row := regexp.MustCompile(`^\| ([a-z.]+\.[a-z]+/\S+|gopkg\.in/\S+) \| \S.+ \|$`)
	for _, line := range architecture(t) {
		if m := row.FindStringSubmatch(line); m != nil {
			have[m[1]] = true
		}
	}
	if len(want) == 0 {
		t.Fatal("go.mod names no direct dependency, so this test reads it wrongly")
	}
	if !maps.Equal(want, have) {
		t.Errorf("direct dependencies of go.mod: %q\nsentences in ARCHITECTURE.md: %q", slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(have)))
	}
}
