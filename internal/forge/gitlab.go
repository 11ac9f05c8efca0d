package forge

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"misp-csirt-tooling/internal/repo"
)

func gitLabToken(token string) (name, value string) { return "Private-Token", token }

// gitLabProject is the part of a project that matters (GitLab Docs, Projects API). A reader without an account gets fewer
// fields; in self-managed GitLab of old the access levels are missing for everybody.
type gitLabProject struct {
	ID             int64           `json:"id"`
	Path           string          `json:"path_with_namespace"`
	Visibility     string          `json:"visibility"`
	Archived       *bool           `json:"archived"`
	IssuesLevel    string          `json:"issues_access_level"` // enabled, private (members only), disabled
	Issues         *bool           `json:"issues_enabled"`
	ProposalsLevel string          `json:"merge_requests_access_level"`
	Proposals      *bool           `json:"merge_requests_enabled"`
	ForkedFrom     *map[string]any `json:"forked_from_project"`
}

func gitLabAbout(ctx context.Context, a *API, path string) (repo.ForgeFacts, error) {
	var p gitLabProject
	if err := a.door.Get(ctx, "/projects/"+url.PathEscape(path), nil, &p); err != nil {
		return repo.ForgeFacts{}, err
	}
	f := repo.ForgeFacts{
		ID: strconv.FormatInt(p.ID, 10), FullName: p.Path, Visibility: visibility(p.Visibility, nil),
		Archived: repo.AnswerOf(p.Archived), Issues: level(p.IssuesLevel, p.Issues), Proposals: level(p.ProposalsLevel, p.Proposals),
	}
	if p.ForkedFrom != nil {
		f.Fork = repo.Yes
	}
	if f.Archived == repo.Yes {
		f.Issues, f.Proposals = repo.No, repo.No
	}
	return f, nil
}

// level says whether anyone with an account may use a feature, by its access level and, where that is missing, its switch.
func level(word string, on *bool) repo.Answer {
	switch word {
	case "enabled", "public":
		return repo.Yes
	case "private", "disabled":
		return repo.No
	}
	return repo.AnswerOf(on)
}

type gitLabRelease struct {
	Tag      string    `json:"tag_name"`
	Name     string    `json:"name"`
	Notes    string    `json:"description"`
	Released time.Time `json:"released_at"`
	Upcoming bool      `json:"upcoming_release"`
	Links    struct {
		Self string `json:"self"`
	} `json:"_links"`
}

func gitLabReleases(ctx context.Context, a *API, path string) ([]repo.Release, error) {
	var list []gitLabRelease
	query := url.Values{"per_page": {strconv.Itoa(releasesAsked)}, "order_by": {"released_at"}, "sort": {"desc"}}
	if err := a.door.Get(ctx, "/projects/"+url.PathEscape(path)+"/releases", query, &list); err != nil {
		return nil, err
	}
	out := []repo.Release{}
	for _, r := range list {
		if r.Upcoming || r.Tag == "" {
			continue
		}
		out = append(out, repo.Release{
			Tag: cut(r.Tag, maxLine), Name: cut(r.Name, maxLine), Time: r.Released, Notes: cut(r.Notes, maxNotes), URL: a.page(r.Links.Self),
		})
	}
	return out, nil
}
