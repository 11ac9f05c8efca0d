package check

import (
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/manifest"
)

// codeGlobs are programs in languages that have a package manager of their own.
var codeGlobs = []string{"**/*.{py,go,rs,php,rb,java,kt,scala,cs,ex,js,mjs,cjs,ts,jsx,tsx,vue,c,cc,cpp,cxx,pl,pm,hs}",
	"tests/**/*.{py,js,ts,rb,php}", "test/**/*.{py,js,ts,rb,php}"}

// pythonSample are programs of Python that are read for what they load; those that help with development count too.
var pythonSample = []string{"*.py", "{scripts,script,tools,utils,bin,src}/*.py", "tests/*.py", "test/*.py", "**/*.py"}

// languages maps the end of a program's name to the ecosystem of its dependencies.
var languages = map[string]string{
	".py": "Python", ".go": "Go", ".rs": "Rust", ".php": "PHP", ".rb": "Ruby", ".java": "Java", ".kt": "Java", ".scala": "Java", ".cs": ".NET", ".ex": "Elixir",
	".js": "JavaScript", ".mjs": "JavaScript", ".cjs": "JavaScript", ".ts": "JavaScript", ".jsx": "JavaScript", ".tsx": "JavaScript", ".vue": "JavaScript",
	".c": "C and C++", ".cc": "C and C++", ".cpp": "C and C++", ".cxx": "C and C++", ".pl": "Perl", ".pm": "Perl", ".hs": "Haskell",
}

// declaration is a manifest with what it says.
type declaration struct {
	doc  *Doc
	deps *manifest.Dependencies
}

// declarations reads the manifests among the documents of a check, the shallowest first.
func declarations(v *View) []declaration {
	var out []declaration
	for _, d := range v.Matching(manifest.ManifestGlobs...) {
		if deps := manifest.ReadDependencies(d.Path, d.Content()); deps != nil {
			out = append(out, declaration{d, deps})
		}
	}
	slices.SortStableFunc(out, func(a, b declaration) int { return strings.Count(a.doc.Path, "/") - strings.Count(b.doc.Path, "/") })
	return out
}

// inUse counts the programs of each ecosystem.
func inUse(paths []string) map[string]int {
	n := map[string]int{}
	for _, p := range paths {
		if e := languages[strings.ToLower(path.Ext(p))]; e != "" {
			n[e]++
		}
	}
	return n
}

// foreignImport finds a module that a Python program loads and that is neither of the standard library nor of the project.
func foreignImport(v *View) (d *Doc, module manifest.Import, ok bool) {
	own := map[string]bool{}
	for _, p := range v.Named("**/*.py") {
		for _, element := range strings.Split(strings.TrimSuffix(p, ".py"), "/") {
			own[element] = true
		}
	}
	for _, d := range v.Matching(pythonSample...) {
		for _, i := range manifest.PythonImports(d.Content()) {
			if !own[i.Module] {
				return d, i, true
			}
		}
	}
	return nil, manifest.Import{}, false
}
