package check

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/repo"
)

// perGlob is how many files of one glob are read at most. A glob that matches more is about a habit, and a habit shows in these.
const perGlob = 40

// maxHops is how many pointers are followed from a file to the next.
const maxHops = 3

// pointerSize is the size in bytes up to which a file may be a mere pointer to another one that it names in its text.
const pointerSize = 2048

// foreignTrees are the names of folders whose content is not the project's own word about itself: other people's code,
// test data, samples, what a program generated and typefaces.
var foreignTrees = map[string]bool{
	"vendor": true, "vendors": true, "vendored": true, "third_party": true, "third-party": true, "thirdparty": true, "3rdparty": true,
	"external": true, "extern": true, "node_modules": true, "bower_components": true, "site-packages": true, "deps": true, "libraries": true,
	"test": true, "tests": true, "testdata": true, "test_data": true, "testing": true, "fixtures": true, "__tests__": true, "spec": true,
	"unittest": true, "unittests": true, "unit-tests": true, "unit_tests": true, "testcases": true, "test-data": true, "test_files": true,
	"test-files": true, "e2e": true, "mocks": true,
	"example": true, "examples": true, "sample": true, "samples": true, "demo": true, "demos": true,
	"dist": true, "generated": true, "gen": true,
	"font": true, "fonts": true, "webfonts": true,
}

// foreign reports whether a lower-case path leads through a foreign tree.
func foreign(lower string) bool {
	for {
		dir, rest, found := strings.Cut(lower, "/")
		if !found {
			return false
		}
		if foreignTrees[dir] {
			return true
		}
		lower = rest
	}
}

// tree prepares a listing for matching.
type tree struct {
	files  []repo.File
	lower  []string
	base   []string
	byPath map[string]int // lower-case path to index
	byBase map[string][]int
	byExt  map[string][]int

	byFolder, byTop map[string][]int

	all    []int
	alien  []bool                 // it stands in a foreign tree
	depth  []int                  // the folders that it stands in
	hits   once[string, []int]    // see matching
	sorted once[string, []int]    // see shallowest
	listed once[string, []string] // see lists
}

// matching returns the files that a glob matches, in the order of the tree.
func (t *tree) matching(g *glob) []int {
	return t.hits.get(g.pattern, func() []int { return t.match(g) })
}

func (t *tree) match(g *glob) []int {
	var hits []int
	for i := range g.alternatives {
		a := &g.alternatives[i]
		for _, f := range t.candidates(a) {
			if (g.foreign || !t.alien[f]) && a.match(t.lower[f], t.base[f]) {
				hits = append(hits, f)
			}
		}
	}
	slices.Sort(hits)
	return slices.Compact(hits)
}

// shallowest returns the files that a glob matches, those in the fewest folders first.
func (t *tree) shallowest(g *glob) []int {
	return t.sorted.get(g.pattern, func() []int {
		sorted := slices.Clone(t.matching(g))
		slices.SortStableFunc(sorted, func(a, b int) int {
			return cmp.Or(cmp.Compare(t.depth[a], t.depth[b]), cmp.Compare(t.lower[a], t.lower[b]))
		})
		return sorted
	})
}

// candidates returns the files that an alternative may match: those with its name, in its folder, with its ending, or under
// its first folder, as far as it has one.
func (t *tree) candidates(a *alternative) []int {
	if a.name != "" {
		return t.byBase[a.name]
	}
	if a.folder != "" {
		return t.byFolder[a.folder]
	}
	few := t.all
	if a.top != "" {
		few = t.byTop[a.top]
	}
	if ext := path.Ext(a.suffix); ext != "" && len(t.byExt[ext]) < len(few) {
		few = t.byExt[ext]
	}
	return few
}

func newTree(files []repo.File) *tree {
	t := &tree{
		files: files, lower: make([]string, len(files)), base: make([]string, len(files)), alien: make([]bool, len(files)),
		byPath: make(map[string]int, len(files)), byBase: map[string][]int{}, byExt: map[string][]int{},
		byFolder: map[string][]int{}, byTop: map[string][]int{}, all: make([]int, len(files)),
		depth: make([]int, len(files)),
	}
	for i := range files {
		t.lower[i] = strings.ToLower(files[i].Path)
		t.base[i] = path.Base(t.lower[i])
		t.byPath[t.lower[i]] = i
		t.byBase[t.base[i]] = append(t.byBase[t.base[i]], i)
		ext := path.Ext(t.base[i])
		t.byExt[ext] = append(t.byExt[ext], i)
		folder := path.Dir(t.lower[i])
		t.byFolder[folder] = append(t.byFolder[folder], i)
		if top, _, in := strings.Cut(t.lower[i], "/"); in {
			t.byTop[top] = append(t.byTop[top], i)
		}
		t.all[i] = i
		t.alien[i] = foreign(t.lower[i])
		t.depth[i] = strings.Count(t.lower[i], "/")
	}
	return t
}

// pick is a file that a check reads, with the rank of the glob that chose it.
type pick struct{ file, rank int }

// picks returns the files that a check reads as far as the contents known so far tell, in order of rank.
func (t *tree) picks(c *Check, lib *library) []pick {
	reads, err := compile(c.Reads)
	if err != nil {
		return nil // Validate reports it
	}
	var picked []pick
	taken := map[int]bool{}
	for rank := range reads {
		room := perGlob
		for _, i := range t.shallowest(reads[rank]) {
			if room == 0 {
				break
			}
			if readable(&t.files[i]) && !taken[i] {
				room--
				taken[i] = true
				picked = append(picked, pick{i, rank})
			}
		}
	}
	return t.follow(c, lib, picked, taken)
}

// Inherited lists the kinds of community files that some check takes from the owner's defaults.
func Inherited() []repo.Community {
	return slices.DeleteFunc(slices.Clone(repo.Communities), func(k repo.Community) bool {
		return !slices.ContainsFunc(All, func(c *Check) bool { return slices.Contains(c.Inherits, k) })
	})
}

// inherits returns the files of the owner's defaults that a check reads: of the kinds that it takes from there and that the
// repository lacks, those in the place that counts.
func (t *tree) inherits(c *Check, defaults []repo.File) []*repo.File {
	reads, err := compile(c.Reads)
	if err != nil || len(c.Inherits) == 0 || len(defaults) == 0 {
		return nil
	}
	own := map[repo.Community]bool{}
	for _, p := range t.lower {
		kind, _ := repo.CommunityFile(p)
		own[kind] = true
	}
	best := map[repo.Community]int{}
	for i := range defaults {
		kind, rank := repo.CommunityFile(defaults[i].Path)
		if r, ok := best[kind]; !ok || rank < r {
			best[kind] = rank
		}
	}
	var out []*repo.File
	for i := range defaults {
		f := &defaults[i]
		kind, rank := repo.CommunityFile(f.Path)
		if own[kind] || !slices.Contains(c.Inherits, kind) || rank != best[kind] || !f.Text.Known() {
			continue
		}
		lower := strings.ToLower(f.Path)
		if slices.ContainsFunc(reads, func(g *glob) bool { return g.match(lower, path.Base(lower)) }) {
			out = append(out, f)
		}
	}
	return out
}

// lists returns the paths whose presence the check asks for. They are shared by the checks that list the same.
func (t *tree) lists(c *Check) []string {
	return t.listed.get(strings.Join(c.Lists, "\n"), func() []string { return t.list(c) })
}

func (t *tree) list(c *Check) []string {
	globs, err := compile(c.Lists)
	if err != nil {
		return nil // Validate reports it
	}
	var out []string
	taken := map[int]bool{}
	for _, g := range globs {
		for _, i := range t.matching(g) {
			if !taken[i] {
				taken[i] = true
				out = append(out, t.files[i].Path)
			}
		}
	}
	return out
}

// follow adds the files that the picked ones point to and that the check follows.
func (t *tree) follow(c *Check, lib *library, picked []pick, taken map[int]bool) []pick {
	follow, err := compile(c.Follow)
	if err != nil || len(follow) == 0 {
		return picked
	}
	from := picked
	for range maxHops {
		var next []pick
		for _, p := range from {
			f := &t.files[p.file]
			if !f.Text.Known() {
				continue
			}
			for _, target := range pointers(f, lib.document(f)) {
				i, ok := t.byPath[strings.ToLower(target)]
				if !ok || taken[i] || !readable(&t.files[i]) {
					continue
				}
				if slices.ContainsFunc(follow, func(g *glob) bool { return g.match(t.lower[i], t.base[i]) }) {
					taken[i] = true
					next = append(next, pick{i, len(c.Reads)})
				}
			}
		}
		picked = append(picked, next...)
		from = next
	}
	return picked
}

// pictures are the endings of files without text, which a glob for the name of a document may match.
var pictures = map[string]bool{".png": true, ".jpg": true, ".jpeg": true, ".gif": true, ".svg": true, ".webp": true, ".ico": true}

// packed are the endings of programs that a tool pressed into a few long lines, for browsers: megabytes that say nothing.
var packed = []string{".min.js", ".min.css", ".min.mjs", ".bundle.js"}

// readable reports whether a file has text that a check can read.
func readable(f *repo.File) bool {
	lower := strings.ToLower(f.Path)
	return f.Mode != repo.Submodule && (f.Mode != repo.Symlink || f.Target != "") && !pictures[path.Ext(lower)] &&
		!slices.ContainsFunc(packed, func(ending string) bool { return strings.HasSuffix(lower, ending) })
}

// pointers returns the paths in the tree that a file may point to: the targets of its relative links and, if it is short, the words of its text.
func pointers(f *repo.File, d *document.Document) []string {
	dir := path.Dir(f.Place())
	var out []string
	add := func(target string) {
		target, _, _ = strings.Cut(target, "#")
		if target == "" || strings.Contains(target, ":") || strings.HasPrefix(target, "//") {
			return
		}
		if strings.HasPrefix(target, "/") {
			out = append(out, path.Clean(target)[1:])
			return
		}
		out = append(out, path.Join(dir, target), path.Clean(target))
	}
	for _, b := range d.Blocks {
		for _, l := range b.Links {
			add(l.Target)
		}
	}
	if len(f.Text.Value) <= pointerSize {
		for _, w := range strings.Fields(f.Text.Value) {
			if w = strings.Trim(w, "`'\"()[]<>,;:.*"); w != "" && len(w) < 200 {
				add(w)
			}
		}
	}
	return out
}
