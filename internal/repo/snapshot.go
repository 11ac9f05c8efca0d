package repo

import "time"

// Kind is a set of the facts that a snapshot can hold.
type Kind uint16

// The kinds of facts.
const (
	Files        Kind = 1 << iota // the tree at the commit, with the contents that were asked for
	Commits                       // the newest commits
	Tags                          // the tags
	Public                        // whether a reader without an account got in
	Forge                         // what the forge says of the repository itself
	Releases                      // the releases that the forge shows
	Advisories                    // the security advisories that the forge published for the repository
	Reporting                     // whether the forge takes private reports of vulnerabilities
	Proposals                     // what became of the newest pull requests
	Components                    // the dependencies that the forge found
	Inherited                     // the owner's default community files
	Keys                          // OpenPGP keys of the security contact, from a key server and from directories
	SecurityText                  // security.txt at the project's site
	OSV                           // the project's vulnerabilities that OSV lists
	CVEs                          // the project's CVE records, by a vulnerability-lookup
)

// OfElsewhere are the facts that neither git nor the forge tells. They are asked for only if an operator wants it.
const OfElsewhere = Keys | SecurityText | OSV | CVEs

// OfForge are the facts that git alone does not tell.
const OfForge = Forge | Releases | Advisories | Reporting | Proposals | Components | Inherited

// Kinds lists every kind with the name that reports give it.
var Kinds = []struct {
	Kind Kind
	Name string
}{
	{Files, "files"},
	{Commits, "commits"},
	{Tags, "tags"},
	{Public, "public"},
	{Forge, "forge"},
	{Releases, "releases"},
	{Advisories, "advisories"},
	{Reporting, "reporting"},
	{Proposals, "proposals"},
	{Components, "components"},
	{Inherited, "inherited"},
	{Keys, "openpgp-keys"},
	{SecurityText, "security-txt"},
	{OSV, "osv"},
	{CVEs, "vulnerability-lookup"},
}

// Request is what a snapshot is asked for with.
type Request struct {
	Target Target
	// Want returns the paths of the files to read, the most telling first, given the listing and the contents known so far.
	// It is asked again until it wants nothing new.
	Want func([]File) []string
	// Ask returns what the checks would like to know elsewhere, as far as a snapshot tells. It may be asked again.
	Ask func(*Snapshot) Questions
	// Old is the last snapshot of the target, nil for none. What git still has is not fetched again, and what the forge does
	// not say now is taken from there.
	Old *Snapshot
	// Soon is when the facts that only the forge knows are late; zero for as long as the context lasts.
	Soon time.Time
	// Early, if it is not nil, is called at most once when the tree is there: with a snapshot in which the facts that are
	// still on their way are Late. It may be judged while the collection goes on.
	Early func(*Snapshot)
}

// Snapshot is everything that was collected about one repository at one commit. It is plain data: it can be
// stored, and judging it again gives the same verdicts.
type Snapshot struct {
	Ref        Ref       // the repository
	Name       string    // owner/name as the asker or the forge spells it, or the name of a local directory
	Commit     string    // object id of the assessed commit, 40 or 64 hexadecimal digits
	CommitTime time.Time // committer date of that commit, in its own zone
	Branch     string    // default branch, empty if unknown
	Revision   string    // the revision that was asked for, empty for the default branch
	Time       time.Time // as-of: the only clock of the checks

	Public  Fact[bool]    // an anonymous reader got the tree
	Files   Fact[[]File]  // the whole tree, in git's order
	Commits Fact[History] // newest first
	Tags    Fact[[]Tag]   // newest first

	Forge      Fact[ForgeFacts]      // what the forge says of the repository itself
	Releases   Fact[[]Release]       // newest first
	Advisories Fact[[]Advisory]      // newest first; those withdrawn too
	Reporting  Fact[bool]            // anyone can report a vulnerability privately on the forge
	Proposals  Fact[ProposalHistory] // what became of the newest pull requests
	Components Fact[[]Component]     // what the repository depends on, as the forge sees it
	Inherited  Fact[Defaults]        // the owner's default community files; the zero value if none can count

	Elsewhere *Elsewhere `json:",omitempty"` // what services beside the forge say, nil if none was asked

	// Since tells of facts that could not be had this time and are the last known when they were observed.
	Since map[Kind]time.Time `json:",omitempty"`
}

// Gap returns the gap and detail of the fact of one kind.
func (s *Snapshot) Gap(k Kind) (Gap, string) {
	if k&OfElsewhere != 0 && s.Elsewhere == nil {
		return Unasked, "nobody was asked beside the forge"
	}
	if gap, detail := s.gap(k); gap != nil {
		return *gap, *detail
	}
	return Unsupported, "no such fact"
}

// Lacks reports whether the fact of one kind was wanted and is not known: what an operator does not have asked for is no lack.
func (s *Snapshot) Lacks(k Kind) bool {
	gap, _ := s.Gap(k)
	return gap != None && (gap != Unasked || k&OfElsewhere == 0)
}

// SetGap says of the facts of some kinds that they are not known.
func (s *Snapshot) SetGap(kinds Kind, g Gap, detail string) {
	for _, k := range Kinds {
		if kinds&k.Kind != 0 {
			if k.Kind&OfElsewhere != 0 && s.Elsewhere == nil {
				s.Elsewhere = s.Services()
			}
			gap, text := s.gap(k.Kind)
			*gap, *text = g, detail
		}
	}
}

// gap returns where the gap and detail of the fact of one kind are, nil if there is no such kind.
func (s *Snapshot) gap(k Kind) (*Gap, *string) {
	switch k {
	case Files:
		return &s.Files.Gap, &s.Files.Detail
	case Commits:
		return &s.Commits.Gap, &s.Commits.Detail
	case Tags:
		return &s.Tags.Gap, &s.Tags.Detail
	case Public:
		return &s.Public.Gap, &s.Public.Detail
	case Forge:
		return &s.Forge.Gap, &s.Forge.Detail
	case Releases:
		return &s.Releases.Gap, &s.Releases.Detail
	case Advisories:
		return &s.Advisories.Gap, &s.Advisories.Detail
	case Reporting:
		return &s.Reporting.Gap, &s.Reporting.Detail
	case Proposals:
		return &s.Proposals.Gap, &s.Proposals.Detail
	case Components:
		return &s.Components.Gap, &s.Components.Detail
	case Inherited:
		return &s.Inherited.Gap, &s.Inherited.Detail
	case Keys:
		return &s.Elsewhere.Keys.Gap, &s.Elsewhere.Keys.Detail
	case SecurityText:
		return &s.Elsewhere.SecurityText.Gap, &s.Elsewhere.SecurityText.Detail
	case OSV:
		return &s.Elsewhere.OSV.Gap, &s.Elsewhere.OSV.Detail
	case CVEs:
		return &s.Elsewhere.CVEs.Gap, &s.Elsewhere.CVEs.Detail
	}
	return nil, nil
}

// Mode is the kind of a tree entry.
type Mode uint8

// The kinds of tree entries that git knows.
const (
	Regular Mode = iota
	Executable
	Symlink
	Submodule
)

// File is one entry of the tree.
type File struct {
	Path   string       // slash-separated, relative to the root
	Mode   Mode         //
	OID    string       // object id of the blob, of the commit for a submodule
	Target string       // for a symlink: the path in the tree at its end, empty if it leads nowhere
	Text   Fact[string] // the content, at the end of the links for a symlink; Unasked unless a check declared it
}

// Place returns the path under which the content stands: the end of a symlink, else the path itself.
func (f *File) Place() string {
	if f.Target != "" {
		return f.Target
	}
	return f.Path
}

// History is the newest part of the commits that lead to the assessed commit.
type History struct {
	Commits   []Commit // newest first
	Truncated bool     // there are older commits than these
}

// Commit is one commit.
type Commit struct {
	OID         string
	Time        time.Time // committer date
	AuthorName  string
	AuthorEmail string
	Committer   string // committer name
	Parents     int
	Subject     string
	Body        string // the rest of the message, cut at 4 KiB
	Signature   Signature
}

// Tag is one tag that leads to a commit.
type Tag struct {
	Name      string    // without refs/tags/
	Commit    string    // object id of the commit it leads to
	Time      time.Time // tagger date, for a lightweight tag the commit's
	Annotated bool
	Message   string // of an annotated tag, without signature, cut at 16 KiB
	Signature Signature
}

// Scheme is the kind of a signature.
type Scheme uint8

// The schemes that git knows.
const (
	Unsigned Scheme = iota
	OpenPGP
	SSH
	X509
)

// Signature says that a commit or tag carries a signature. It was not verified.
type Signature struct {
	Scheme Scheme
	KeyID  string // OpenPGP: the issuer's key id, 16 upper-case hexadecimal digits, if it is stated
}
