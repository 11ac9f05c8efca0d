package repo

import "time"

// Answer is what a forge says to a question of yes or no. The zero value means that it does not say: forges leave out of
// their answers what the asker may not know, so that a missing field is no "no".
type Answer uint8

// The answers.
const (
	Unsaid Answer = iota
	Yes
	No
)

// AnswerOf returns Yes or No, and Unsaid for nil, the field that an answer lacks.
func AnswerOf(b *bool) Answer {
	switch {
	case b == nil:
		return Unsaid
	case *b:
		return Yes
	}
	return No
}

// The words for who can read a repository on its forge (ForgeFacts.Visibility).
const (
	VisibilityPublic   = "public"   // anyone, without an account
	VisibilityInternal = "internal" // anyone with an account there
	VisibilityPrivate  = "private"  // whom the owner lets in
)

// ForgeFacts is what a forge says of a repository itself: GET /repos/{owner}/{repo} of GitHub and Gitea,
// GET /projects/{id} of GitLab.
type ForgeFacts struct {
	ID         string // the forge's number for the repository: a rename keeps it, another repository under the same name has another
	PreviousID string // the number that an earlier snapshot had under the same name, empty if it is the same or there was none
	FullName   string // owner/name as the forge spells it; not Snapshot.Ref's path if the repository was renamed
	Visibility string // one of the words above, empty if unsaid
	Archived   Answer // it is read-only for everybody
	Issues     Answer // anyone with an account can open issues, on the forge or at Tracker
	Tracker    string // address of the tracker elsewhere that the forge leads to, empty for its own
	Proposals  Answer // anyone with an account can propose changes by pull or merge request
	Fork       Answer // it was made as a fork of another repository
	Renamed    bool   // it was asked for under another name
	Homepage   string `json:",omitempty"` // address of the project's site on the web, empty if unsaid
}

// Release is a release that the forge shows: GET /repos/{owner}/{repo}/releases of GitHub and Gitea, GET /projects/{id}/releases of
// GitLab. Drafts are not shown to a reader.
type Release struct {
	Tag        string
	Name       string    // the title, empty if it has none
	Time       time.Time // when it was published; an old tag may get its release much later, and then Tag.Time is nearer
	Notes      string    // Markdown, cut at 16 KiB
	Prerelease bool
	URL        string // its page on the forge, empty if unknown
}

// Advisory is a security advisory that the owner published: GET /repos/{owner}/{repo}/security-advisories of GitHub. In Elsewhere it is
// the record of a database of vulnerabilities; one without a fixed version says no more than that the database knows of none.
type Advisory struct {
	ID        string   // GHSA-xxxx-xxxx-xxxx, or what a database calls it
	Aliases   []string // CVE ids, in upper case
	Summary   string
	Severity  string    // critical, high, medium or low, empty if unsaid
	Reported  time.Time // when it was reported privately to the owner, zero if it was not or that is not told
	Published time.Time
	Withdrawn time.Time // zero if it stands
	Affected  []Affected
	Commits   []string `json:",omitempty"` // object ids of commits of the repository that fix it, as a database knows them
	URL       string   // its page on the forge or in the database, empty if unknown
}

// Affected is a package that an advisory is about.
type Affected struct {
	Ecosystem string // as GitHub names it: pip, npm, go, other
	Package   string
	Range     string // of the vulnerable versions, as the forge writes it: "< 1.2"
	Patched   string // the first version, or versions, without the flaw, as the forge writes them; empty if there is none
}

// ProposalHistory is what became of the newest closed pull requests: GET /repos/{owner}/{repo}/pulls?state=closed of GitHub.
type ProposalHistory struct {
	Closed  int       // how many were looked at
	Merged  int       // of these
	Outside int       // of the merged: by people who are neither owner, member nor collaborator, and no programs
	Newest  time.Time // when the newest of those from outside was merged, zero if there is none
	URL     string    // the page of that one, empty if there is none
}

// Component is a dependency as an SPDX document of the forge lists it: GET /repos/{owner}/{repo}/dependency-graph/sbom of GitHub.
// The repository itself is not among them.
type Component struct {
	Name      string
	Version   string // empty if it is not pinned
	PURL      string // package URL, empty if unsaid
	Declared  string // SPDX expression that the package states, empty for none and NOASSERTION
	Concluded string // SPDX expression that the forge concluded, empty for none and NOASSERTION
}

// Defaults are the community files of an owner's repository for defaults, OWNER/.github on GitHub: where a repository has no
// file of a kind, the forge shows the owner's. They are read by git, from a public repository only.
type Defaults struct {
	Ref    Ref    // the repository that holds them, zero if the owner has none
	Name   string // OWNER/.github as the forge spells it
	Commit string // its assessed commit
	Files  []File // the community files in it, with Text
}
