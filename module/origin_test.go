package module

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/metrics"
	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/internal/resolve"
)

// TestBackCheck has the manifests of a repository that was found confirm or contradict what was asked for.
func TestBackCheck(t *testing.T) {
	const (
		limit = "its manifests name another package than the pypi package example-tool"
		pypi  = `"type":"link","value":"https://pypi.org/project/Example.Tool/"`
		cpe   = `"type":"cpe","value":"cpe:2.3:a:acme:gadget:1.0:*:*:*:*:*:*:*"`
	)
	own := func(unsure string, pairs ...string) check.OwnPackages {
		p := check.OwnPackages{}
		if unsure != "" {
			p.Unsure = []string{unsure}
		}
		for i := 0; i < len(pairs); i += 2 {
			ecosystem, name, _ := strings.Cut(pairs[i], ":")
			p.List = append(p.List, check.OwnPackage{Ecosystem: ecosystem, Name: name, Path: pairs[i+1]})
		}
		return p
	}
	for _, c := range []struct {
		name, attribute string
		packages        check.OwnPackages
		by              resolve.Source
		agreed          bool
		comment         string // its end; empty where the repository is a candidate
		limitation      string
	}{
		{"named", pypi, own("", "pypi:other", "a/setup.py", "pypi:example_tool", "pyproject.toml"), "deps.dev", false,
			"The repository was found by deps.dev; its pyproject.toml names the package.", ""},
		{"another", pypi, own("", "pypi:other", "pyproject.toml", "npm:example-tool", "package.json"), "deps.dev", false,
			"The repository was found by deps.dev; but " + limit + ".", limit},
		{"another by the catalogue", pypi, own("", "pypi:other", "pyproject.toml"), resolve.FromCatalogue, false,
			"The repository was found by catalogue; but " + limit + ".", limit},
		{"not all is read", pypi, own("pypi", "pypi:other", "pyproject.toml"), "deps.dev", false, "The repository was found by deps.dev; nothing in it confirms that.", ""},
		{"a copy of another's", pypi, own("", "pypi:other", "lib/other/setup.py"), "deps.dev", false, "The repository was found by deps.dev; nothing in it confirms that.", ""},
		{"no manifest of the ecosystem", pypi, own("", "npm:example-tool", "package.json"), "deps.dev", false, "The repository was found by deps.dev; nothing in it confirms that.", ""},
		{"by the catalogue", pypi, own(""), resolve.FromCatalogue, false, "The repository was found by catalogue.", ""},
		{"another, two agree", pypi, own("", "pypi:other", "pyproject.toml"), "one and other", true, "", ""},
		{"product", cpe, own("", "npm:@acme/Gadget", "package.json"), "vulnerability-lookup and nvd", true,
			"The repository was found by vulnerability-lookup and nvd; its package.json has the product's name.", ""},
		{"its vendor's", cpe, own("", "npm:acme-tools", "package.json"), "vulnerability-lookup and nvd", true,
			"The repository was found by vulnerability-lookup and nvd; nothing in it confirms that.", ""},
		{"nothing is called so", cpe, own("", "npm:openssl", "package.json"), "vulnerability-lookup and nvd", true, "", ""},
		{"nothing is called so, by the catalogue", cpe, own("", "npm:openssl", "package.json"), resolve.FromCatalogue, false, "The repository was found by catalogue.", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := enrichment(t)
			report := sample()
			report.Packages = c.packages
			e.Assessor = assessorFunc(func(context.Context, repo.Target) (*assess.Report, error) { return report, nil })
			e.Lookup = func(_ context.Context, r resolve.Resolution) resolve.Resolution {
				r.Chosen, r.By, r.Agreed = e.Renderer.Hosts.Parse("link", "https://github.com/example/tool"), c.by, c.agreed
				r.Candidates = []resolve.Candidate{{Target: r.Chosen, Source: c.by, Evidence: "it says so"}}
				return r
			}
			attribute := `"attribute":{"uuid":"` + input + `",` + c.attribute + `}}`
			a := e.Answer(t.Context(), query(t, `{"event_id":"1",`+attribute))
			if c.comment == "" {
				if a.Outcome != metrics.Choice || a.ready != nil || !strings.Contains(a.Error, "; but ") || !strings.Contains(a.Error, "may be https://github.com/example/tool") {
					t.Errorf("%+v", a)
				}
				hover := e.Answer(t.Context(), query(t, `{`+attribute))
				if rows := hover.Results.Attributes; len(rows) != 1 || !strings.Contains(rows[0].Value, "it says so; but ") {
					t.Errorf("hover %+v", hover)
				}
				if by := e.Answer(t.Context(), query(t, `{"event_id":"1","attribute_uuid":"`+input+`",`+attribute)); by.Outcome != metrics.Nothing {
					t.Errorf("automatic: %+v", by)
				}
				return
			}
			var got Answer
			if err := json.Unmarshal(a.ready, &got); err != nil || len(got.Results.Objects) != 1 {
				t.Fatalf("%v, %+v", err, a)
			}
			o := got.Results.Objects[0]
			checkObject(t, o)
			limits := strings.Join(values(o, "limitation"), "|")
			if !strings.HasSuffix(o.Comment, ". "+c.comment) || strings.Contains(limits, "another package") != (c.limitation != "") || !strings.Contains(limits, c.limitation) {
				t.Errorf("comment %q, limitations %q", o.Comment, limits)
			}
			hover := e.Answer(t.Context(), query(t, `{`+attribute))
			if !strings.Contains(string(hover.ready), lowerFirst(strings.TrimSuffix(c.comment, "."))) {
				t.Errorf("hover %.600s", hover.ready)
			}
		})
	}
}

// TestOriginOfHostileNames keeps what manifests say within bounds.
func TestOriginOfHostileNames(t *testing.T) {
	report := sample()
	for range 10 {
		report.Packages.List = append(report.Packages.List, check.OwnPackage{
			Ecosystem: "pypi", Name: "a\x1b[31m\n" + strings.Repeat("ä", 5000), Path: strings.Repeat("d/", 2000) + "setup.py",
		})
	}
	s := subject{Resolution: resolve.Resolution{By: "deps.dev", Target: repo.Target{Meaning: repo.Package, Forge: "pypi", Name: strings.Repeat("b", 3000)}}}
	checkObject(t, renderer(t).objectOf(report, originOf(report, s), ""))
}
