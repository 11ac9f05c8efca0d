package forge

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v62/github"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// Limits on what is taken from lists.
const (
	releasesAsked   = 30
	proposalsAsked  = 50
	advisoriesAsked = 100 // of one page
	advisoryPages   = 5
	maxComponents   = 20_000
	maxNotes        = 16 << 10 // bytes of the notes of a release
	maxLine         = 1 << 10  // bytes of a title, name or version
)

// gitHubBudget names the budget of a request: the dependency graph has one of its own (GET /rate_limit, dependency_sbom).
func gitHubBudget(u *url.URL) string {
	if strings.HasSuffix(u.Path, "/dependency-graph/sbom") {
		return "dependency_sbom"
	}
	return ""
}

// gitHubRepository is the part of full-repository that matters. go-github cannot decode some repositories (custom properties
// with several values) and lacks the last one and has_pull_requests.
type gitHubRepository struct {
	ID              int64  `json:"id"`
	FullName        string `json:"full_name"`
	Visibility      string `json:"visibility"`
	Private         *bool  `json:"private"`
	Archived        *bool  `json:"archived"`
	Disabled        bool   `json:"disabled"`
	Fork            *bool  `json:"fork"`
	HasIssues       *bool  `json:"has_issues"`
	HasPullRequests *bool  `json:"has_pull_requests"`
	Homepage        string `json:"homepage"`
	ProposalPolicy  string `json:"pull_request_creation_policy"` // all or collaborators_only
}

func gitHubAbout(ctx context.Context, a *API, path string) (repo.ForgeFacts, error) {
	var r gitHubRepository
	if err := a.gitHubGet(ctx, "repos/"+path, &r); err != nil {
		return repo.ForgeFacts{}, err
	}
	f := repo.ForgeFacts{
		ID: strconv.FormatInt(r.ID, 10), FullName: r.FullName, Visibility: visibility(r.Visibility, r.Private),
		Archived: repo.AnswerOf(r.Archived), Fork: repo.AnswerOf(r.Fork), Issues: repo.AnswerOf(r.HasIssues),
		Proposals: repo.AnswerOf(r.HasPullRequests), Homepage: webAddress(r.Homepage),
	}
	switch r.ProposalPolicy {
	case "all":
		if r.HasPullRequests == nil {
			f.Proposals = repo.Yes
		}
	case "collaborators_only":
		f.Proposals = repo.No
	}
	if r.Disabled || f.Archived == repo.Yes {
		f.Issues, f.Proposals = repo.No, repo.No
	}
	return f, nil
}

// visibility returns the word for who can read a repository, as far as the forge says it.
func visibility(word string, private *bool) string {
	switch word {
	case repo.VisibilityPublic, repo.VisibilityInternal, repo.VisibilityPrivate:
		return word
	}
	switch repo.AnswerOf(private) {
	case repo.Yes:
		return repo.VisibilityPrivate
	case repo.No:
		return repo.VisibilityPublic
	}
	return ""
}

func gitHubReleases(ctx context.Context, a *API, path string) ([]repo.Release, error) {
	owner, name, _ := strings.Cut(path, "/")
	list, answer, err := a.github.Repositories.ListReleases(ctx, owner, name, &github.ListOptions{PerPage: releasesAsked})
	if err := withStatus(answer, err); err != nil {
		return nil, err
	}
	out := []repo.Release{}
	for _, r := range list {
		if r.GetDraft() || r.GetTagName() == "" {
			continue
		}
		out = append(out, repo.Release{
			Tag: cut(r.GetTagName(), maxLine), Name: cut(r.GetName(), maxLine), Time: r.GetPublishedAt().Time,
			Notes: cut(r.GetBody(), maxNotes), Prerelease: r.GetPrerelease(), URL: a.page(r.GetHTMLURL()),
		})
	}
	return out, nil
}

func gitHubAdvisories(ctx context.Context, a *API, path string) ([]repo.Advisory, error) {
	owner, name, _ := strings.Cut(path, "/")
	options := &github.ListRepositorySecurityAdvisoriesOptions{
		State: "published", Sort: "published", Direction: "desc", ListCursorOptions: github.ListCursorOptions{PerPage: advisoriesAsked},
	}
	out := []repo.Advisory{}
	for range advisoryPages {
		list, answer, err := a.github.SecurityAdvisories.ListRepositorySecurityAdvisories(ctx, owner, name, options)
		if err := withStatus(answer, err); err != nil {
			return nil, err
		}
		for _, v := range list {
			if v.GetState() == "" || v.GetState() == "published" {
				out = append(out, a.gitHubAdvisory(v))
			}
		}
		if answer.After == "" {
			break
		}
		options.After = answer.After
	}
	return out, nil
}

func (a *API) gitHubAdvisory(v *github.SecurityAdvisory) repo.Advisory {
	out := repo.Advisory{
		ID: cut(v.GetGHSAID(), maxLine), Summary: cut(v.GetSummary(), maxLine), Severity: severity(v.GetSeverity()),
		Published: v.GetPublishedAt().Time, Withdrawn: v.GetWithdrawnAt().Time, URL: a.page(v.GetHTMLURL()),
	}
	if v.Submission != nil {
		out.Reported = v.GetCreatedAt().Time
	}
	if id := v.GetCVEID(); id != "" {
		out.Aliases = append(out.Aliases, strings.ToUpper(cut(id, maxLine)))
	}
	for _, p := range v.Vulnerabilities {
		out.Affected = append(out.Affected, repo.Affected{
			Ecosystem: cut(p.GetPackage().GetEcosystem(), maxLine), Package: cut(p.GetPackage().GetName(), maxLine),
			Range: cut(p.GetVulnerableVersionRange(), maxLine), Patched: cut(p.GetPatchedVersions(), maxLine),
		})
	}
	return out
}

func severity(word string) string {
	switch word {
	case "critical", "high", "medium", "low":
		return word
	}
	return ""
}

func gitHubReporting(ctx context.Context, a *API, path string) (bool, error) {
	owner, name, _ := strings.Cut(path, "/")
	enabled, answer, err := a.github.Repositories.IsPrivateReportingEnabled(ctx, owner, name)
	return enabled, withStatus(answer, err)
}

// gitHubProposal is the part of pull-request-simple that matters. It holds repositories, which go-github may fail to decode.
type gitHubProposal struct {
	URL      string     `json:"html_url"`
	MergedAt *time.Time `json:"merged_at"`
	Author   string     `json:"author_association"`
	User     *struct {
		Login string `json:"login"`
		Type  string `json:"type"`
	} `json:"user"`
}

// outside reports whether a person from outside made the proposal: author_association tells how the author stands to the
// repository now, and an author whose account is gone is none of those inside.
func (p *gitHubProposal) outside() bool {
	switch p.Author {
	case "OWNER", "MEMBER", "COLLABORATOR", "":
		return false
	}
	return p.User == nil || p.User.Type != "Bot" && !strings.HasSuffix(p.User.Login, "[bot]")
}

func gitHubProposals(ctx context.Context, a *API, path string) (repo.ProposalHistory, error) {
	var list []gitHubProposal
	query := url.Values{"state": {"closed"}, "sort": {"updated"}, "direction": {"desc"}, "per_page": {strconv.Itoa(proposalsAsked)}}
	if err := a.gitHubGet(ctx, "repos/"+path+"/pulls?"+query.Encode(), &list); err != nil {
		return repo.ProposalHistory{}, err
	}
	h := repo.ProposalHistory{Closed: len(list)}
	for i := range list {
		p := &list[i]
		if p.MergedAt == nil {
			continue
		}
		h.Merged++
		if !p.outside() {
			continue
		}
		h.Outside++
		if p.MergedAt.After(h.Newest) {
			h.Newest, h.URL = *p.MergedAt, a.page(p.URL)
		}
	}
	return h, nil
}

// gitHubSBOM is the part of dependency-graph-spdx-sbom that matters, an SPDX 2.3 document. go-github drops the package URLs and
// the relationships.
type gitHubSBOM struct {
	SBOM struct {
		ID       string `json:"SPDXID"`
		Packages []struct {
			ID        string `json:"SPDXID"`
			Name      string `json:"name"`
			Version   string `json:"versionInfo"`
			Declared  string `json:"licenseDeclared"`
			Concluded string `json:"licenseConcluded"`
			Refs      []struct {
				Type    string `json:"referenceType"`
				Locator string `json:"referenceLocator"`
			} `json:"externalRefs"`
		} `json:"packages"`
		Relationships []struct {
			Type string `json:"relationshipType"`
			From string `json:"spdxElementId"`
			To   string `json:"relatedSpdxElement"`
		} `json:"relationships"`
	} `json:"sbom"`
}

func gitHubComponents(ctx context.Context, a *API, path string) ([]repo.Component, error) {
	var d gitHubSBOM
	if err := a.gitHubGet(ctx, "repos/"+path+"/dependency-graph/sbom", &d); err != nil {
		return nil, err
	}
	if len(d.SBOM.Packages) > maxComponents {
		return nil, errTooMany
	}
	itself := map[string]bool{}
	for _, r := range d.SBOM.Relationships {
		if r.Type == "DESCRIBES" {
			itself[r.To] = true
		}
	}
	out := []repo.Component{}
	for _, p := range d.SBOM.Packages {
		if itself[p.ID] || p.Name == "" {
			continue
		}
		c := repo.Component{
			Name: cut(p.Name, maxLine), Version: cut(p.Version, maxLine), Declared: expression(p.Declared), Concluded: expression(p.Concluded),
		}
		for _, r := range p.Refs {
			if r.Type == "purl" && c.PURL == "" {
				c.PURL = cut(r.Locator, maxLine)
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// expression returns an SPDX expression, empty for the words that stand for none (SPDX 2.3, clause 7.13).
func expression(text string) string {
	if text == "NOASSERTION" || text == "NONE" {
		return ""
	}
	return cut(text, maxLine)
}

// gitHubGet asks through go-github into a struct of our own.
func (a *API) gitHubGet(ctx context.Context, path string, into any) error {
	r, err := a.github.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	answer, err := a.github.Do(ctx, r, into)
	return withStatus(answer, err)
}

// withStatus makes an outbound.StatusError of go-github's errors about an answer; it makes an error of an answer without content, which
// go-github takes for an empty one.
func withStatus(answer *github.Response, err error) error {
	switch {
	case answer == nil:
		return err
	case err == nil && answer.StatusCode == http.StatusOK:
		return nil
	case answer.StatusCode == http.StatusOK: // it could not be decoded
		return err
	}
	return outbound.StatusError(answer.StatusCode)
}
