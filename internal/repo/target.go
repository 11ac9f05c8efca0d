package repo

import "fmt"

// Meaning is what kind of thing a value refers to.
type Meaning uint8

// The meanings. Nothing is the zero value: most attributes are no repository.
const (
	Nothing Meaning = iota
	Repository
	Owner   // a user, group or organisation of a forge
	Package // a package of an ecosystem
	CPE     // a product by its CPE name
	Name    // a bare name that needs a resolver
	Gist    // a snippet, which is no project
	Site    // a web page that is no repository, maybe a project's
	Refused // an address that must not be contacted
)

var meaningText = [...]string{"none", "repo", "owner", "package", "cpe", "name", "gist", "site", "refused"}

// String returns the meaning's name as it is printed.
func (m Meaning) String() string {
	if int(m) < len(meaningText) {
		return meaningText[m]
	}
	return fmt.Sprintf("meaning(%d)", uint8(m))
}

// Target is what a value refers to.
type Target struct {
	Meaning  Meaning
	Ref      Ref    // of a repository, owner or site; of a site with a Forge the repository that it is probably made from
	Name     string // owner/name as it was written; for a package its name
	Forge    string // the kind of forge as Forges lists them, empty for a site of no forge; for a package its ecosystem
	Revision string // branch, tag or commit that the value names, for a package its version; empty for none
	Subpath  string // path within the repository that the value names
	Pinned   bool   // Revision is what is to be assessed; without it the default branch is
}
