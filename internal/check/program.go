package check

import (
	"misp-csirt-tooling/internal/pattern"
	"path"
	"strings"
)

// everything lists the whole tree. A check that looks at names of its own kind declares it.
const everything = "**"

// programSuffixes are the endings of source code.
var programSuffixes = map[string]bool{
	".py": true, ".go": true, ".js": true, ".mjs": true, ".cjs": true, ".ts": true, ".mts": true, ".cts": true, ".jsx": true, ".tsx": true,
	".vue": true, ".svelte": true, ".java": true, ".kt": true, ".scala": true,
	".c": true, ".h": true, ".cc": true, ".cpp": true, ".hpp": true, ".rs": true, ".rb": true, ".php": true, ".pl": true, ".pm": true, ".cs": true, ".vb": true,
	".fs": true, ".sh": true, ".ps1": true, ".psm1": true, ".lua": true, ".swift": true, ".m": true, ".r": true, ".ex": true, ".exs": true,
	".erl": true, ".hs": true,
	".ml": true, ".clj": true, ".ctp": true, ".zig": true, ".nim": true, ".jl": true, ".groovy": true, ".ipynb": true, ".zeek": true,
}

// helperFolders hold the scripts with which people keep a collection in order: they are not what it offers.
var helperFolders = map[string]bool{"tools": true, "tool": true, "scripts": true, "script": true, "utils": true, "util": true, "bin": true,
	"ci": true, "doc": true, "docs": true}

// collectionSize is from how many files on a tree without a program is a collection of data or texts, not an empty project.
const collectionSize = 40

// packaged are the files at the root that make a package or a build out of a tree.
var packaged = map[string]bool{
	"pyproject.toml": true, "setup.py": true, "package.json": true, "go.mod": true, "cargo.toml": true, "pom.xml": true, "build.gradle": true, "build.sbt": true,
	"composer.json": true, "configure.ac": true, "cmakelists.txt": true, "meson.build": true,
}

// isCollection reports whether a repository keeps data or texts and offers no program: rules, taxonomies, lists, samples.
// Nothing makes a package of it, no program at the root bears its name, and at most ten files, and one in twenty, are code
// outside the folders of helpers and the root. Documents of a program are no collection. The check must list everything.
func (v *View) isCollection() bool {
	program, kept := 0, 0
	own := strings.ReplaceAll(snake(path.Base(v.Name)), "_", "")
	for _, p := range v.Listed {
		lower := strings.ToLower(p)
		top, _, inFolder := strings.Cut(lower, "/")
		if top != "doc" && top != "docs" {
			kept++
		}
		switch {
		case packaged[lower]:
			return false
		case !inFolder && isProgram(p) && strings.ReplaceAll(snake(strings.TrimSuffix(p, path.Ext(p))), "_", "") == own:
			return false
		case inFolder && programSuffixes[path.Ext(lower)] && !helperFolders[top] && !strings.HasPrefix(top, "."):
			program++
		}
	}
	return kept >= collectionSize && program <= 10 && program*20 <= len(v.Listed)
}

// isHidden reports whether a path leads through a folder that is not shown, as editors, forges and assistants use them.
func isHidden(p string) bool { return strings.HasPrefix(p, ".") || strings.Contains(p, "/.") }

// isProgram tells source code, and packages of it, by the ending.
func isProgram(p string) bool {
	ext := strings.ToLower(path.Ext(p))
	return programSuffixes[ext] || ext == ".whl" || ext == ".jar"
}

// actionFile matches what a program runs of a folder of settings, each of which is an action or an output of it:
// action.d/mail.conf. So it does the settings by which the fields of Sigma rules become its own: sigma_pipeline.yaml.
var actionFile = pattern.New(`(?i)(?:^|/)(?:actions?|outputs?|notif\w*|connectors?)\.d/[^/]+\.(?:conf|ini|cfg|ya?ml)$` +
	`|(?:^|/)sigma[-_](?:\w+[-_])?(?:pipelines?|config|mappings?)\.ya?ml$`)

// spaced writes a name as texts do, in lower case and without the marks between its words.
func spaced(name string) string {
	return strings.NewReplacer("-", " ", "_", " ").Replace(strings.ToLower(name))
}

// snake writes a name of code in lower case, its words joined by underscores: "SharingGroup", "sharing-group" and
// "SHARINGGroup" become "sharing_group".
func snake(name string) string {
	var sb strings.Builder
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c >= 'A' && c <= 'Z':
			before := i > 0 && (isLower(name[i-1]) || isDigit(name[i-1]))
			within := i > 0 && i+1 < len(name) && name[i-1] >= 'A' && name[i-1] <= 'Z' && isLower(name[i+1])
			if before || within {
				sb.WriteByte('_')
			}
			sb.WriteByte(c + 'a' - 'A')
		case isLower(c) || isDigit(c) || c >= 0x80:
			sb.WriteByte(c)
		default:
			sb.WriteByte('_')
		}
	}
	return sb.String()
}

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// sourceNames maps the words in the paths of the program's files to the file nearest to the root: each word of a folder or
// file name, with and without the digits at its end ("stix" for stix2), each two that follow each other, joined ("thehive" for
// TheHive), and the folder with the file ("models/user"). Parts that are used or not are left out on demand. The check must
// list everything.
func (v *View) sourceNames(parts bool) map[string]string {
	return v.lib.sources.get(parts, func() map[string]string { return v.readSourceNames(parts) })
}

func (v *View) readSourceNames(parts bool) map[string]string {
	index := map[string]string{}
	elements := map[string][]string{} // the words of an element, for most stand in many paths
	for _, p := range v.Listed {
		if !isProgram(p) && !actionFile.MatchString(p) || isHidden(p) || isMigration(p) || strings.Contains(path.Dir(p), "test") || !parts && isPart(p) {
			continue
		}
		add := func(word string) {
			old, ok := index[word]
			if shell := path.Ext(p) == ".sh"; ok && shell != (path.Ext(old) == ".sh") {
				ok = shell // what starts a program tells less than the program
			} else if ok {
				ok = strings.Count(p, "/") >= strings.Count(old, "/")
			}
			if !ok {
				index[word] = p
			}
		}
		folder, file := path.Split(strings.TrimSuffix(p, path.Ext(p)))
		add(strings.ReplaceAll(snake(path.Base(folder))+"/"+snake(file), "_", ""))
		for element := range strings.SplitSeq(folder+file, "/") {
			words, ok := elements[element]
			if !ok {
				words = strings.FieldsFunc(snake(element), func(r rune) bool { return r == '_' })
				elements[element] = words
			}
			for i, w := range words {
				add(w)
				add(strings.TrimRight(w, "0123456789"))
				if i > 0 {
					add(words[i-1] + w)
				}
			}
		}
	}
	return index
}

// isMigration tells the steps by which a database is brought to a new layout: what they create may be gone again.
func isMigration(p string) bool {
	lower := strings.ToLower(p)
	return strings.Contains(lower, "migration") || strings.Contains(lower, "alembic/")
}
