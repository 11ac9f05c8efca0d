package check

import (
	"path"
	"strings"
)

// everything lists the whole tree. A check that looks at names of its own kind declares it.
const everything = "**"

// programSuffixes are the endings of source code.
var programSuffixes = map[string]bool{
	".py": true, ".go": true, ".js": true, ".ts": true, ".jsx": true, ".tsx": true, ".vue": true, ".svelte": true, ".java": true, ".kt": true, ".scala": true,
	".c": true, ".h": true, ".cc": true, ".cpp": true, ".hpp": true, ".rs": true, ".rb": true, ".php": true, ".pl": true, ".pm": true, ".cs": true, ".vb": true,
	".fs": true, ".sh": true, ".ps1": true, ".psm1": true, ".lua": true, ".swift": true, ".m": true, ".r": true, ".ex": true, ".exs": true, ".erl": true, ".hs": true,
	".ml": true, ".clj": true, ".ctp": true, ".zig": true, ".nim": true, ".jl": true, ".groovy": true, ".ipynb": true, ".zeek": true,
}

// helperFolders hold the scripts with which people keep a collection in order: they are not what it offers.
var helperFolders = map[string]bool{"tools": true, "tool": true, "scripts": true, "script": true, "utils": true, "util": true, "bin": true, "ci": true, "doc": true, "docs": true}

// collectionSize is from how many files on a tree without a program is a collection of data or texts, not an empty project.
const collectionSize = 40

// isCollection reports whether a repository keeps data or texts and offers no program: rules, taxonomies, lists, samples.
// At most one file in fifty is code outside the folders of helpers. The check must list everything.
func (v *View) isCollection() bool {
	program := 0
	for _, p := range v.Listed {
		lower := strings.ToLower(p)
		top, _, inFolder := strings.Cut(lower, "/")
		if programSuffixes[path.Ext(lower)] && (!inFolder || !helperFolders[top] && !strings.HasPrefix(top, ".")) {
			program++
		}
	}
	return len(v.Listed) >= collectionSize && program*50 <= len(v.Listed)
}
