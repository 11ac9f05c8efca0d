// Package resolve finds the repository that a value of MISP means. Reading a value is pure: an address by the host table,
// a package URL, a CPE name, a page of a package registry. What names no repository itself is looked up in a catalogue of
// tools. Nothing here touches the network.
package resolve

import (
	"slices"
	"strings"

	"misp-csirt-tooling/internal/repo"
)

// Resolver joins the host table and the catalogue. Its fields are set once, before use; it may be used by several
// goroutines at once.
type Resolver struct {
	Hosts     *repo.Hosts
	Catalogue *Catalogue
}

// Resolution is what is known about a value.
type Resolution struct {
	Target     repo.Target // what the value says by itself
	Chosen     repo.Target // the repository to assess; means Nothing if none was found or there is a choice
	By         Source      // how Chosen was found
	Agreed     bool        // Chosen is what two sources name, none of which vouches for it
	Late       bool        // a source that was asked has not answered yet
	Candidates []Candidate // what a resolver found, best first; one alone if it was chosen
}

// Source is how a repository was found.
type Source string

// The sources. A repository is chosen if the source is exact: the value names it, or the catalogue lists just one.
const (
	FromAddress   Source = "address"       // the value is the address of the repository
	FromName      Source = "owner/name"    // the value is a repository's name at GitHub
	FromPackage   Source = "package URL"   // the package's URL names its repository
	FromGoModule  Source = "Go module"     // the module's path is the address of its repository
	FromCatalogue Source = "catalogue"     // the catalogue of tools lists it
	FromPages     Source = "pages"         // web pages that a forge publishes for an owner: a guess
	FromOwner     Source = "owner listing" // the forge lists it among those that the owner was last active in
)

// Candidate is a repository that a value may mean.
type Candidate struct {
	Target   repo.Target
	Source   Source
	Evidence string // why, in a few words
}

// Same reports whether two candidates are the same repository.
func (c Candidate) Same(other Candidate) bool { return c.Target.Ref == other.Target.Ref }

// reading is a value's meaning with what only packages and products have.
type reading struct {
	repo.Target
	source  Source
	version string // of a package
	product CPE    // of a CPE name
}

// Read says what the value of an attribute of the given MISP type means, as repo.Hosts.Parse does, and knows packages and
// products besides: a Package has its ecosystem, as package URLs name it, in Forge, namespace/name in Name, and in
// Revision its version; a CPE has vendor:product in Name.
func (r *Resolver) Read(attributeType, value string) repo.Target {
	return r.read(attributeType, value).Target
}

func (r *Resolver) read(attributeType, value string) reading {
	value = strings.Trim(value, " \t\r\n")
	switch {
	case hasScheme(value, "pkg:"):
		return r.readPackageURL(value)
	case hasScheme(value, "cpe:"):
		return readCPE(value)
	case attributeType == "cpe":
		return reading{}
	}
	t := r.Hosts.Parse(attributeType, value)
	if t.Meaning == repo.Site && t.Forge == "" {
		if p, ok := registryPage(t.Ref); ok {
			return r.readPackage(p)
		}
	}
	source := FromAddress
	if attributeType == "github-repository" && !strings.Contains(value, ":") && strings.EqualFold(strings.Trim(value, "/"), t.Name) {
		source = FromName
	}
	return reading{Target: t, source: source}
}

// Readable reports whether a meaning is to be looked at when an attribute of the type is enriched. Of free text only
// packages, products and addresses are: a bare name may be any word.
func Readable(attributeType string, m repo.Meaning) bool {
	switch m {
	case repo.Repository, repo.Package, repo.CPE:
		return true
	case repo.Name, repo.Owner, repo.Site:
		switch attributeType {
		case "text", "comment", "other":
			return false
		}
		return true
	}
	return false
}

// Resolve finds the repository that a value means.
func (r *Resolver) Resolve(attributeType, value string) Resolution {
	return r.resolve(r.read(attributeType, value))
}

func (r *Resolver) resolve(read reading) Resolution {
	res := Resolution{Target: read.Target}
	entries, evidence := r.Catalogue.find(read)
	if read.Meaning == repo.Repository && slices.ContainsFunc(entries, func(t *Tool) bool { return t.target.Ref == read.Ref }) {
		entries = nil // the value names the very repository
	}
	for _, e := range entries {
		res.Candidates = append(res.Candidates, Candidate{Target: e.version(read), Source: FromCatalogue, Evidence: evidence})
	}
	switch {
	case len(res.Candidates) == 1 && read.Meaning != repo.Owner:
		res.Chosen, res.By = res.Candidates[0].Target, FromCatalogue
	case read.Meaning == repo.Repository && len(res.Candidates) == 0:
		res.Chosen, res.By = read.Target, read.source
	case read.Meaning == repo.Site && read.Forge != "" && len(res.Candidates) == 0:
		guess := read.Target
		guess.Meaning = repo.Repository
		res.Candidates = []Candidate{{Target: guess, Source: FromPages, Evidence: "the pages of " + read.Name + " have this address"}}
	}
	return res
}

// Prefer returns the resolution with some candidates before its own.
func (r Resolution) Prefer(first []Candidate) Resolution {
	r.Candidates = appendNew(first, r.Candidates)
	return r
}

func hasScheme(value, scheme string) bool {
	return len(value) >= len(scheme) && strings.EqualFold(value[:len(scheme)], scheme)
}
