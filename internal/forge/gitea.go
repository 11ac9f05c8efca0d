package forge

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"misp-csirt-tooling/internal/repo"
)

func giteaToken(token string) (name, value string) { return "Authorization", "token " + token }

// giteaRepository is the part of Repository that matters (Gitea's and Forgejo's swagger.v1.json).
type giteaRepository struct {
	ID              int64  `json:"id"`
	FullName        string `json:"full_name"`
	Private         *bool  `json:"private"`
	Internal        bool   `json:"internal"`
	Archived        *bool  `json:"archived"`
	Fork            *bool  `json:"fork"`
	HasIssues       *bool  `json:"has_issues"`
	HasPullRequests *bool  `json:"has_pull_requests"`
	Website         string `json:"website"`
	ExternalTracker *struct {
		URL string `json:"external_tracker_url"`
	} `json:"external_tracker"`
}

func giteaAbout(ctx context.Context, a *API, path string) (repo.ForgeFacts, error) {
	var r giteaRepository
	if err := a.door.Get(ctx, "/repos/"+path, nil, &r); err != nil {
		return repo.ForgeFacts{}, err
	}
	f := repo.ForgeFacts{
		ID: strconv.FormatInt(r.ID, 10), FullName: r.FullName, Visibility: visibility("", r.Private),
		Archived: repo.AnswerOf(r.Archived), Fork: repo.AnswerOf(r.Fork), Issues: repo.AnswerOf(r.HasIssues),
		Proposals: repo.AnswerOf(r.HasPullRequests), Homepage: webAddress(r.Website),
	}
	if r.Internal {
		f.Visibility = repo.VisibilityInternal
	}
	if r.ExternalTracker != nil {
		f.Tracker = webAddress(r.ExternalTracker.URL)
	}
	if f.Archived == repo.Yes {
		f.Issues, f.Proposals = repo.No, repo.No
	}
	return f, nil
}

// webAddress returns an address of the web that somebody entered, empty for anything else.
func webAddress(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(text) > 2048 {
		return ""
	}
	return u.String()
}

type giteaRelease struct {
	Tag        string    `json:"tag_name"`
	Name       string    `json:"name"`
	Notes      string    `json:"body"`
	Published  time.Time `json:"published_at"`
	Draft      bool      `json:"draft"`
	Prerelease bool      `json:"prerelease"`
	URL        string    `json:"html_url"`
}

func giteaReleases(ctx context.Context, a *API, path string) ([]repo.Release, error) {
	var list []giteaRelease
	if err := a.door.Get(ctx, "/repos/"+path+"/releases", url.Values{"limit": {strconv.Itoa(releasesAsked)}}, &list); err != nil {
		return nil, err
	}
	out := []repo.Release{}
	for _, r := range list {
		if r.Draft || r.Tag == "" {
			continue
		}
		out = append(out, repo.Release{
			Tag: cut(r.Tag, maxLine), Name: cut(r.Name, maxLine), Time: r.Published, Notes: cut(r.Notes, maxNotes), Prerelease: r.Prerelease,
			URL: a.page(r.URL),
		})
	}
	return out, nil
}
