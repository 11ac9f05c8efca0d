package check

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/practice"
)

func TestTable(t *testing.T) {
	if err := Validate(All); err != nil {
		t.Error(err)
	}
	broken := &Check{ID: "Bad_ID", Reads: []string{"a[b"}, Judge: func(*View) Finding { return Finding{} }}
	err := Validate([]*Check{broken, broken})
	for _, want := range []string{"not of lower-case words", "listed twice", "Fix is empty", "without needing anything", "without needing them", "does not parse"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Validate does not say %q of a broken check: %v", want, err)
		}
	}
}

// TestListed holds each check in a file of its id, and each such file in the table.
func TestListed(t *testing.T) {
	for _, c := range All {
		if _, err := os.Stat(c.ID + ".go"); err != nil {
			t.Errorf("check %s: %v", c.ID, err)
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		id := strings.TrimSuffix(f, ".go")
		if strings.Contains(string(text), "= &Check{") && !strings.HasSuffix(f, "_test.go") && ByID(id) == nil {
			t.Errorf("%s holds a check that the table does not list", f)
		}
	}
}

// TestClauses holds each clause of the documents covered by a check, or by a reason.
func TestClauses(t *testing.T) {
	for _, clause := range practice.Clauses {
		covered := slices.ContainsFunc(All, func(c *Check) bool { return c.Clause == clause })
		if !covered && clause.Unjudged == "" {
			t.Errorf("no check and no reason for %q", clause.Place)
		}
	}
}

// pure are the imports that a check may have: nothing that reads a clock, a file or the network.
var pure = []string{
	"bytes", "cmp", "crypto", "encoding/base64", "encoding/hex", "encoding/json", "errors", "fmt", "io", "iter", "maps", "math", "net/mail", "net/url",
	"path", "regexp", "runtime", "slices", "sort", "strconv", "strings", "sync", "sync/atomic", "time", "unicode", "unicode/utf8",
	"github.com/bmatcuk/doublestar/v4",
	"github.com/google/licensecheck", "github.com/github/go-spdx/v2/spdxexp",
	"github.com/ProtonMail/go-crypto/openpgp", "github.com/ProtonMail/go-crypto/openpgp/v2", "github.com/ProtonMail/go-crypto/openpgp/armor", "github.com/ProtonMail/go-crypto/openpgp/packet",
	"misp-csirt-tooling/internal/repo", "misp-csirt-tooling/internal/practice", "misp-csirt-tooling/internal/document", "misp-csirt-tooling/internal/manifest",
	"misp-csirt-tooling/internal/pattern",
}

func TestPure(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range parsed.Imports {
			if path, _ := strconv.Unquote(imp.Path.Value); !slices.Contains(pure, path) {
				t.Errorf("%s imports %s, which is not among the pure packages", f, path)
			}
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, clock := range []string{"time.Now", "time.Since", "time.Until"} {
			if strings.Contains(string(text), clock) {
				t.Errorf("%s reads the clock by %s", f, clock)
			}
		}
	}
}

func TestSought(t *testing.T) {
	got := sought([]string{"{,.github/,docs/}security*", "**/*{privacy,gdpr}*.{md,rst}", "{a,{b,c}}", "security*", "e", "f"})
	if want := "security*, *privacy*.md, a, e"; got != want {
		t.Errorf("sought = %q, want %q", got, want)
	}
}

// TestEnoughCases holds each criterion to cases of every verdict that it can give, and to six at least.
func TestEnoughCases(t *testing.T) {
	const least = 6
	never := map[string]Status{"public-access": Partial} // no part of a repository can be read without the rest
	for _, c := range All {
		files, err := filepath.Glob(filepath.Join("testdata", c.ID, "*.txtar"))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for _, file := range files {
			loaded, err := loadCase(file)
			if err != nil {
				t.Fatal(err)
			}
			seen[loaded.want]++
		}
		if len(files) < least {
			t.Errorf("%s has %d cases, want %d at least", c.ID, len(files), least)
		}
		for _, s := range []Status{Met, Partial, Unmet, Unknown} {
			if exempt, ok := never[c.ID]; seen[s.String()] == 0 && !(ok && exempt == s) {
				t.Errorf("%s has no case that is %s", c.ID, s)
			}
		}
	}
}
