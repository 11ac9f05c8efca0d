package lookup

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// systems are the ecosystems of deps.dev by the types of package URLs.
var systems = map[string]string{
	"npm": "npm", "pypi": "pypi", "cargo": "cargo", "maven": "maven", "golang": "go", "nuget": "nuget", "gem": "rubygems",
}

// askDepsDev asks deps.dev (https://docs.deps.dev/api/v3/) for the source repository of a package: of the version that is
// meant, else of the default one. What the package claims in its metadata is no more than a claim; an attestation of how it
// was built or published is exact.
func askDepsDev(ctx context.Context, c *client, t repo.Target) ([]hit, error) {
	system, ok := systems[t.Forge]
	if !ok {
		return nil, nil
	}
	name := t.Name
	if t.Forge == "maven" {
		name = strings.Replace(name, "/", ":", 1)
	}
	path := "systems/" + system + "/packages/" + url.PathEscape(name)
	version := t.Revision
	if version == "" {
		var known struct {
			Versions []struct {
				VersionKey struct{ Version string }
				IsDefault  bool
			}
		}
		if err := c.api.Get(ctx, path, nil, &known); err != nil {
			return none(err)
		}
		for _, v := range known.Versions {
			if v.IsDefault {
				version = v.VersionKey.Version
			}
		}
	}
	var one struct {
		RelatedProjects []struct {
			ProjectKey                       struct{ ID string }
			RelationProvenance, RelationType string
		}
	}
	if version == "" {
		return nil, nil
	}
	if err := c.api.Get(ctx, path+"/versions/"+url.PathEscape(version), nil, &one); err != nil {
		return none(err)
	}
	var hits []hit
	for _, p := range one.RelatedProjects {
		if p.RelationType == "SOURCE_REPO" && len(hits) < maxHits {
			exact := p.RelationProvenance != "" && p.RelationProvenance != "UNVERIFIED_METADATA" && p.RelationProvenance != "RELATION_PROVENANCE_UNSPECIFIED"
			evidence := "the package's metadata name it"
			if exact {
				evidence = "an attestation of the package names it"
			}
			hits = append(hits, hit{"https://" + p.ProjectKey.ID, evidence, exact})
		}
	}
	return hits, nil
}

// maxHits is how many repositories a service may name.
const maxHits = 10

// none turns "not known there" into an answer.
func none(err error) ([]hit, error) {
	var status outbound.StatusError
	if errors.As(err, &status) && status == http.StatusNotFound {
		return nil, nil
	}
	return nil, err
}
