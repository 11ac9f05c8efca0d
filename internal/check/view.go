package check

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/repo"
)

// View is what a check is handed: the facts that it declared, and nothing else.
type View struct {
	// Time is the as-of time, the only clock.
	Time time.Time
	// Name is owner/name or the directory's name.
	Name string
	// Local reports that the repository is a directory, which says nothing about who else can read it.
	Local bool
	// Home is the address of the repository's page on its forge, empty for a directory.
	Home string
	// Commit is the assessed commit and CommitTime its date.
	Commit     string
	CommitTime time.Time
	// FixTimes are the figures by which fix-timeliness judges.
	FixTimes FixTimes

	Public  repo.Fact[bool]
	Commits repo.Fact[repo.History]
	Tags    repo.Fact[[]repo.Tag]

	Forge      repo.Fact[repo.ForgeFacts]
	Releases   repo.Fact[[]repo.Release]
	Advisories repo.Fact[[]repo.Advisory]
	Reporting  repo.Fact[bool]
	Proposals  repo.Fact[repo.ProposalHistory]
	Components repo.Fact[[]repo.Component]

	Keys         repo.Fact[[]repo.KeyCopy]
	SecurityText repo.Fact[[]repo.SiteText]
	OSV          repo.Fact[[]repo.Advisory]
	CVEs         repo.Fact[[]repo.Advisory]

	// Docs are the declared files that exist and could be read, the most telling first. Those that the owner's defaults supply
	// stand at the end.
	Docs []*Doc
	// Unread are the declared files that exist and could not be read.
	Unread []*repo.File
	// Listed are the paths of the declared files whose presence alone counts, in the order of the globs and of the tree. They
	// are shared: do not change them.
	Listed []string

	check *Check
	lib   *library
	known repo.Kind // the declared facts that are known
}

// Doc is a file that a check reads.
type Doc struct {
	*repo.File
	// Inherited reports that the file is one of the owner's defaults: it stands in another repository.
	Inherited bool
	site      string // its address, of a file on the project's site
	lib       *library
}

// Content returns the text.
func (d *Doc) Content() string { return d.File.Text.Value }

// Document returns the text read as a document. It is shared: do not change it.
func (d *Doc) Document() *document.Document { return d.lib.document(d.File) }

// holds reports whether the text holds one of the stems, which are in lower case, without regard to case. It is a cheap
// way to pass over the documents that a costlier pattern cannot match.
func (d *Doc) holds(stems []string) bool {
	text := d.lib.lowerText(d.File)
	return slices.ContainsFunc(stems, func(stem string) bool { return strings.Contains(text, stem) })
}

// Matching returns the declared files that match one of the globs, in the order of the globs.
func (v *View) Matching(patterns ...string) []*Doc {
	globs, err := compile(patterns)
	if err != nil {
		return nil // the cases of the check would miss the file
	}
	var out []*Doc
	taken := map[*Doc]bool{}
	for i := range globs {
		for _, d := range v.Docs {
			lower := strings.ToLower(d.Path)
			if !taken[d] && globs[i].match(lower, path.Base(lower)) {
				taken[d] = true
				out = append(out, d)
			}
		}
	}
	return out
}

// distinct returns the declared files without those that are links to one before them.
func (v *View) distinct() []*Doc {
	seen := map[string]bool{}
	var out []*Doc
	for _, d := range v.Docs {
		if !seen[d.Place()] {
			seen[d.Place()] = true
			out = append(out, d)
		}
	}
	return out
}

// Named returns the listed paths that match one of the globs, in the order of the globs.
func (v *View) Named(patterns ...string) []string {
	globs, err := compile(patterns)
	if err != nil {
		return nil // as in Matching
	}
	var out []string
	taken := map[string]bool{}
	for i := range globs {
		for _, p := range v.Listed {
			if lower := strings.ToLower(p); !taken[p] && globs[i].match(lower, path.Base(lower)) {
				taken[p] = true
				out = append(out, p)
			}
		}
	}
	return out
}

// library holds the documents that were parsed, so that several checks share one reading. The checks may run side by side.
type library struct {
	docs    once[string, *document.Document]
	lower   once[string, string]
	sources once[bool, map[string]string] // see View.sourceNames
	memos   once[string, any]             // see memo
	name    once[*repo.Snapshot, string]  // see identity
	times   FixTimes                      // see View.FixTimes
	beyond  map[portion]bool              // see Reading.beyond
}

// memo returns what f finds in some documents and in facts of some kinds, once for all checks that declared the same of these.
// The name tells what that is; the result is shared: do not change it. A fact that was still on its way, when a snapshot was judged
// before it was whole, is another when it is here, and so may be the name of the repository.
func memo[T any](v *View, name string, kinds repo.Kind, docs []*Doc, f func() T) T {
	key := fmt.Sprint(name, v.known&kinds, v.Name)
	for _, d := range docs {
		key += "\x00" + d.Path
	}
	return v.lib.memos.get(key, func() any { return f() }).(T)
}

// lowerText returns the text in lower case.
func (l *library) lowerText(f *repo.File) string {
	return l.lower.get(f.Path, func() string { return strings.ToLower(f.Text.Value) })
}

func (l *library) document(f *repo.File) *document.Document {
	return l.docs.get(f.Path, func() *document.Document { return document.Parse(f.Place(), f.Text.Value) })
}

// page is a page of the repository on its forge, where a person sees what the forge told. GitLab leads on from its older addresses.
func (v *View) page(path, note string) Evidence {
	if v.Home == "" {
		return Evidence{Note: note}
	}
	return Evidence{URL: v.Home + path, Note: note}
}

// view cuts the snapshot down to what c declared.
func view(s *repo.Snapshot, t *tree, lib *library, c *Check) *View {
	v := &View{
		Time: s.Time, Name: lib.identity(s, t), Local: s.Ref.Local(), Commit: s.Commit, CommitTime: s.CommitTime,
		FixTimes: cmp.Or(lib.times, DefaultFixTimes()), check: c, lib: lib,
		Public:  declared(c, repo.Public, s.Public),
		Commits: declared(c, repo.Commits, s.Commits),
		Tags:    declared(c, repo.Tags, s.Tags),

		Forge:      declared(c, repo.Forge, s.Forge),
		Releases:   declared(c, repo.Releases, s.Releases),
		Advisories: declared(c, repo.Advisories, s.Advisories),
		Reporting:  declared(c, repo.Reporting, s.Reporting),
		Proposals:  declared(c, repo.Proposals, s.Proposals),
		Components: declared(c, repo.Components, s.Components),

		Keys:         declared(c, repo.Keys, s.Services().Keys),
		SecurityText: declared(c, repo.SecurityText, s.Services().SecurityText),
		OSV:          declared(c, repo.OSV, s.Services().OSV),
		CVEs:         declared(c, repo.CVEs, s.Services().CVEs),
	}
	if !v.Local {
		v.Home = strings.TrimSuffix(s.Ref.String(), ".git")
	}
	for _, k := range repo.Kinds {
		if gap, _ := s.Gap(k.Kind); gap == repo.None {
			v.known |= k.Kind & (c.Needs | c.Uses)
		}
	}
	for _, p := range t.picks(c, lib) {
		f := &t.files[p.file]
		if lib.beyond[portion{c, p.file}] {
			unread := *f
			unread.Text = repo.Missing[string](repo.TooLarge, unjudged)
			v.Unread = append(v.Unread, &unread)
		} else if f.Text.Known() {
			v.Docs = append(v.Docs, &Doc{File: f, lib: lib})
		} else {
			v.Unread = append(v.Unread, f)
		}
	}
	for _, f := range t.inherits(c, s.Inherited.Value.Files) {
		v.Docs = append(v.Docs, &Doc{File: f, Inherited: true, lib: lib})
	}
	v.Listed = t.lists(c)
	return v
}

func declared[T any](c *Check, k repo.Kind, f repo.Fact[T]) repo.Fact[T] {
	if (c.Needs|c.Uses)&k == 0 {
		return repo.Missing[T](repo.Unasked, "not declared by the check")
	}
	return f
}
