package forge

import (
	"context"
	"net/url"
	"strings"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/repo"
)

// service is what the web API of one kind of forge can be asked about a repository, named by its path on the forge. A function
// that is nil is not offered. The functions make one request each, but for lists that have more pages.
type service struct {
	kind   string
	base   string // of the API on its host, behind https://HOST/
	header outbound.TokenForm
	budget func(*url.URL) string
	depth  int // how many names the path of a repository has at most, at least two

	about      func(context.Context, *API, string) (repo.ForgeFacts, error)
	releases   func(context.Context, *API, string) ([]repo.Release, error)
	advisories func(context.Context, *API, string) ([]repo.Advisory, error)
	reporting  func(context.Context, *API, string) (bool, error)
	proposals  func(context.Context, *API, string) (repo.ProposalHistory, error)
	components func(context.Context, *API, string) ([]repo.Component, error)

	defaults string // name of the owner's repository that supplies community files, empty for none

	owned     func(a *API, owner string) lister // what an owner has
	ownedSize int                               // entries of a full page of that
}

// names reports whether a path is made of names alone, so that it stays where it is put in a URL. It is lenient: a repository
// that is not there gets a 404.
func (s *service) names(path string) bool {
	parts := strings.Split(path, "/")
	for i, name := range parts {
		if !plainName.MatchString(name) || name == "." || name == ".." || i == 0 && name[0] == '.' {
			return false
		}
	}
	return len(parts) >= 2 && len(parts) <= s.depth
}

var plainName = pattern.New(`^[A-Za-z0-9._][A-Za-z0-9._-]{0,254}$`)

// services lists what is offered. GitHub Enterprise Server is told from GitHub by its base (OpenAPI descriptions ghes-3.17 to
// ghes-3.19). Bitbucket, SourceHut and plain git have no row: what they say beyond git is not asked for.
var services = []*service{
	{
		kind: repo.GitHub, base: "api/v3/", depth: 2, budget: gitHubBudget, defaults: ".github", owned: gitHubOwned, ownedSize: ownedAsked,
		about: gitHubAbout, releases: gitHubReleases, advisories: gitHubAdvisories, reporting: gitHubReporting,
		proposals: gitHubProposals, components: gitHubComponents,
	},
	{
		kind: gitHubServer, base: "api/v3/", depth: 2, budget: gitHubBudget, defaults: ".github", owned: gitHubOwned, ownedSize: ownedAsked,
		about: gitHubAbout, releases: gitHubReleases, proposals: gitHubProposals, components: gitHubComponents,
	},
	{
		kind: repo.GitLab, base: "api/v4/", depth: 21, header: gitLabToken, owned: gitLabOwned, ownedSize: ownedAsked,
		about: gitLabAbout, releases: gitLabReleases,
	},
	{
		kind: repo.Gitea, base: "api/v1/", depth: 2, header: giteaToken, owned: giteaOwned, ownedSize: giteaItems,
		about: giteaAbout, releases: giteaReleases,
	},
}

// gitHubServer is the kind of row for GitHub Enterprise Server.
const gitHubServer = "github-enterprise-server"

func serviceOf(kind string) *service {
	for _, s := range services {
		if s.kind == kind {
			return s
		}
	}
	return nil
}
