package rules

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "misp-csirt-tooling/"

// rooms lists what each room may import of the project. A room that is not listed is a mistake.
var rooms = map[string][]string{
	"cmd/misp-csirt-tooling": {"module", "internal/assess", "internal/catalog", "internal/check", "internal/evidence", "internal/forge", "internal/lookup", "internal/metrics",
		"internal/misp", "internal/outbound", "internal/practice", "internal/repo", "internal/resolve", "internal/store", "objects", "taxonomies"},
	"module":             {"internal/assess", "internal/check", "internal/metrics", "internal/misp", "internal/practice", "internal/repo", "internal/resolve", "internal/pattern"},
	"objects":            nil,
	"taxonomies":         nil,
	"internal/agreement": {"internal/assess", "internal/check", "internal/forge", "internal/outbound", "internal/practice", "internal/repo"},
	"internal/assess":    {"internal/check", "internal/practice", "internal/repo"},
	"internal/catalog":   {"module", "internal/assess", "internal/check", "internal/misp", "internal/practice", "internal/repo", "objects", "taxonomies"},
	"internal/check":     {"internal/document", "internal/manifest", "internal/practice", "internal/repo", "internal/pattern"},
	"internal/cvesearch": {"internal/outbound"},
	"internal/document":  {"internal/pattern"},
	"internal/evidence":  {"internal/cvesearch", "internal/outbound", "internal/repo", "internal/pattern"},
	"internal/forge":     {"internal/outbound", "internal/repo", "internal/pattern"},
	"internal/lookup":    {"internal/cvesearch", "internal/outbound", "internal/repo", "internal/resolve"},
	"internal/manifest":  {"internal/pattern"},
	"internal/metrics":   nil,
	"internal/misp":      nil,
	"internal/outbound":  {"internal/pattern"},
	"internal/pattern":   nil,
	"internal/practice":  nil,
	"internal/repo":      nil,
	"internal/resolve":   {"internal/repo", "internal/pattern"},
	"internal/rules":     nil,
	"internal/store":     nil,
}

// forbidden lists standard packages that a room must not import because it is pure.
var forbidden = map[string][]string{
	"internal/check":    {"context", "net", "net/http", "os", "os/exec", "math/rand", "math/rand/v2", "log", "log/slog"},
	"internal/document": {"context", "net", "net/http", "os", "os/exec", "math/rand", "math/rand/v2", "log", "log/slog"},
	"internal/manifest": {"context", "net", "net/http", "os", "os/exec", "math/rand", "math/rand/v2", "log", "log/slog"},
	"internal/practice": {"context", "net", "net/http", "os", "os/exec", "math/rand", "math/rand/v2", "log", "log/slog"},
	"internal/repo":     {"context", "net", "net/http", "os/exec", "math/rand", "math/rand/v2", "log", "log/slog"},
}

// onlyIn lists standard packages that are doors to the outside, with the rooms that may open them.
var onlyIn = map[string][]string{
	"os/exec": {"internal/outbound"},
}

// source is one file of Go that is not a test.
type source struct {
	name string
	room string
	file *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	root := os.DirFS(filepath.Join("..", ".."))
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
		if err != nil {
			return err
		}
		out = append(out, source{name, path.Dir(name), file})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 20 {
		t.Fatalf("only %d sources found", len(out))
	}
	return out
}

func TestImportsGoDown(t *testing.T) {
	for _, s := range sources(t) {
		allowed, listed := rooms[s.room]
		if !listed {
			t.Errorf("%s: the room %s is not listed", s.name, s.room)
			continue
		}
		for _, spec := range s.file.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			if room, ours := strings.CutPrefix(imported, module); ours && !slices.Contains(allowed, room) {
				t.Errorf("%s imports %s", s.name, room)
			}
			if slices.Contains(forbidden[s.room], imported) {
				t.Errorf("%s imports %s, but its room is pure", s.name, imported)
			}
			if doors, ok := onlyIn[imported]; ok && !slices.Contains(doors, s.room) {
				t.Errorf("%s imports %s, which is for %s", s.name, imported, strings.Join(doors, " and "))
			}
		}
	}
}

func TestNoCircleAmongRooms(t *testing.T) {
	var visit func(room string, above []string)
	visit = func(room string, above []string) {
		if slices.Contains(above, room) {
			t.Fatalf("circle: %s", strings.Join(append(above, room), " -> "))
		}
		for _, below := range rooms[room] {
			visit(below, append(slices.Clone(above), room))
		}
	}
	for room := range rooms {
		visit(room, nil)
	}
}

func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	said := map[string]int{}
	for _, s := range sources(t) {
		said[s.room] += 0
		if s.file.Doc != nil {
			said[s.room]++
		}
	}
	for room, times := range said {
		if times != 1 {
			t.Errorf("%s has %d package comments, want 1", room, times)
		}
	}
}

func TestNothingRunsBeforeMain(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function", s.name)
			}
		}
	}
}

// uses calls a function for what the code uses of packages, other than in a room: "http", "Get".
func uses(t *testing.T, except string, found func(s source, pkg, name string)) {
	for _, s := range sources(t) {
		if s.room == except {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			use, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := use.X.(*ast.Ident); ok {
				found(s, pkg.Name, use.Sel.Name)
			}
			return true
		})
	}
}

// TestPatternsAreCompiledWhenNeeded keeps regular expressions in pattern: what a package compiles by itself is compiled before
// main, whether it is needed or not.
func TestPatternsAreCompiledWhenNeeded(t *testing.T) {
	uses(t, "internal/pattern", func(s source, pkg, name string) {
		if pkg == "regexp" && name != "QuoteMeta" {
			t.Errorf("%s uses regexp.%s", s.name, name)
		}
	})
}

// clients are the parts of net/http that send requests by themselves.
var clients = []string{"Client", "DefaultClient", "DefaultTransport", "Get", "Head", "Post", "PostForm", "Transport"}

// TestOneWayOut keeps HTTP clients in outbound, which guards addresses and tokens. A client that outbound made may be handed on.
func TestOneWayOut(t *testing.T) {
	uses(t, "internal/outbound", func(s source, pkg, name string) {
		if pkg == "http" && slices.Contains(clients, name) {
			t.Errorf("%s uses http.%s", s.name, name)
		}
	})
}
