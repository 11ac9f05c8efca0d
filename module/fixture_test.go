package module

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/misp"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/internal/resolve"
)

const (
	commit = "3b18e512dba79e4c8300dd08aeb37f8e728b8dad"
	// shared is what the project was agreed with, which may be absent.
	shared = "../../shared/misp"
)

// verdict is what a report of a test says about one criterion.
type verdict struct {
	status   check.Status
	reason   string
	evidence []check.Evidence
	licenses []string
}

// reportOf returns a report with the given verdicts, everything else being unknown because the forge was not asked.
func reportOf(verdicts map[string]verdict) *assess.Report {
	r := &assess.Report{
		Snapshot: &repo.Snapshot{
			Ref:  repo.Ref{Scheme: "https", Host: "github.com", Path: "example/tool"},
			Name: "Example/Tool", Commit: commit, Branch: "main",
			CommitTime: time.Date(2026, 1, 8, 9, 30, 0, 0, time.FixedZone("", 3600)),
			Time:       time.Date(2026, 8, 22, 0, 0, 0, 0, time.UTC),
		},
		Version: "v1.4.0",
		Gaps:    []assess.Gap{{Fact: "forge", Gap: repo.Unasked, Detail: "no token"}},
	}
	r.Snapshot.SetGap(repo.Forge, repo.Unasked, "no token")
	for _, c := range check.All {
		f := check.Finding{Check: c, Status: check.Unknown, Reason: "forge: unasked, no token"}
		if v, ok := verdicts[c.ID]; ok {
			f.Status, f.Reason, f.Evidence, f.Licenses = v.status, v.reason, v.evidence, v.licenses
		}
		r.Findings = append(r.Findings, f)
	}
	r.Score = assess.ScoreOf(r.Findings)
	r.Grade = assess.GradeOf(r.Findings, r.Score)
	return r
}

// sample is a report with a verdict of each kind and each shape of evidence.
func sample() *assess.Report {
	verdicts := map[string]verdict{}
	for _, c := range check.All {
		verdicts[c.ID] = verdict{status: check.Met, reason: "it is there", evidence: []check.Evidence{{Path: "README.md", Line: 7}}}
	}
	verdicts["source-history"] = verdict{check.Met, "211 commits since 2019 explain their changes", []check.Evidence{{Commit: commit}, {Commit: commit}}, nil}
	verdicts["public-access"] = verdict{status: check.Met, reason: "the repository was read without an account"}
	verdicts["contribution-path"] = verdict{check.Met, "a guide and a template", []check.Evidence{{Path: "docs/how to.md", Line: 3, End: 9}, {Path: "b"}}, nil}
	verdicts["security-contact"] = verdict{check.Met, "reports go to security@example.org", []check.Evidence{{Path: "SECURITY.md", Line: 5}}, nil}
	verdicts["security-contact-key"] = verdict{check.Unmet, "no key and no fingerprint", []check.Evidence{{Path: "SECURITY.md", Note: "read"}}, nil}
	verdicts["disclosure-policy"] = verdict{check.Partial, "answer time only", []check.Evidence{{Path: "SECURITY.md", Line: 5, End: 11}}, nil}
	verdicts["license-approved"] = verdict{check.Met, "LICENSE is AGPL-3.0", []check.Evidence{{Path: "LICENSE", Line: 1}}, []string{"AGPL-3.0-or-later"}}
	verdicts["privacy-document"] = verdict{check.Unmet, "nothing on personal data", []check.Evidence{{Note: "looked in vain for PRIVACY*"}}, nil}
	verdicts["release-practice"] = verdict{check.Partial, "version tags without notes", []check.Evidence{{Tag: "v1.4.0"}}, nil}
	verdicts["activity"] = verdict{check.Met, "41 commits by 6 people in the 12 months to 2026-01", []check.Evidence{{Commit: commit}}, nil}
	verdicts["published-format"] = verdict{check.NotApplicable, "no format of its own", nil, nil}
	delete(verdicts, "fix-timeliness")
	return reportOf(verdicts)
}

func hosts(t testing.TB, rows ...repo.Host) *repo.Hosts {
	t.Helper()
	h, err := repo.NewHosts(rows...)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func renderer(t testing.TB) *Renderer {
	t.Helper()
	return &Renderer{Hosts: hosts(t)}
}

// assessorFunc is an assessor for tests.
type assessorFunc func(context.Context, repo.Target) (*assess.Report, error)

func (f assessorFunc) Assess(ctx context.Context, target repo.Target) (*assess.Report, error) {
	return f(ctx, target)
}

// enrichment is our module with an assessor that answers with the sample, the same one each time for the same repository.
func enrichment(t testing.TB) *Enrichment {
	t.Helper()
	var reports sync.Map
	return &Enrichment{
		Renderer: *renderer(t), Version: "test", Resolver: resolver(t),
		Assessor: assessorFunc(func(_ context.Context, target repo.Target) (*assess.Report, error) {
			r := sample()
			r.Target, r.Snapshot.Ref, r.Snapshot.Name = target, target.Ref, target.Name
			held, _ := reports.LoadOrStore(target, r)
			return held.(*assess.Report), nil
		}),
	}
}

// bodies returns the bodies of queries: ours, and those that were recorded from a MISP if they are there.
func bodies(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	ours, err := filepath.Glob("testdata/queries/*.json")
	if err != nil || len(ours) == 0 {
		t.Fatalf("no queries: %v", err)
	}
	for _, path := range ours {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(path)] = text
	}
	recordings, err := filepath.Glob(shared + "/recordings/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range recordings {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var recording struct {
			Requests []struct {
				Line string `json:"request_line"`
				Body string `json:"body_verbatim"`
			} `json:"requests"`
		}
		if json.Unmarshal(text, &recording) != nil {
			continue
		}
		for i, r := range recording.Requests {
			if strings.HasPrefix(r.Line, "POST /query ") {
				name := filepath.Base(path) + "#" + string(rune('0'+i))
				out[name] = []byte(r.Body)
				out[name+" to us"] = []byte(strings.NewReplacer(`"tooling_std"`, `"csirt_tooling"`, `"tooling_old"`, `"csirt_tooling"`).Replace(r.Body))
			}
		}
	}
	return out
}

// retyped are the texts that the pages of MISP, by jQuery's data(), send back as something else.
var retyped = regexp.MustCompile(`^(\{.*\}|\[.*\]|true|false|null)$`)

// checkObject holds an object to the rules of what MISP stores.
func checkObject(t *testing.T, o misp.Object) {
	t.Helper()
	uuids := map[string]bool{}
	fresh := func(id string) {
		t.Helper()
		if !misp.IsUUID(id) || id[14] != '4' || uuids[id] {
			t.Errorf("uuid %q is doubled or not of version 4", id)
		}
		uuids[id] = true
	}
	fresh(o.UUID)
	if o.Name != TemplateName || o.MetaCategory != "misc" || o.Description == "" || o.TemplateUUID != TemplateUUID || o.TemplateVersion != "1" {
		t.Errorf("the object is %+v", o)
	}
	if o.Distribution != "5" {
		t.Errorf("the object's distribution is %q", o.Distribution)
	}
	checkText(t, "the object's comment", o.Comment, 1, 500)
	if len(o.Attributes) == 0 {
		t.Error("the object is empty")
	}
	for _, a := range o.Attributes {
		fresh(a.UUID)
		if a.ToIDS || a.Distribution != "5" || a.Category == "" || a.Type == "" || a.Value == "" || a.Relation == "" {
			t.Errorf("%s: %+v", a.Relation, a)
		}
		if correlates := a.Relation == repositoryLink || a.Relation == "github-repository"; a.DisableCorrelation == correlates {
			t.Errorf("%s: disable_correlation is %v", a.Relation, a.DisableCorrelation)
		}
		if a.Type == "link" && (a.Category != "External analysis" || !strings.HasPrefix(a.Value, "http")) {
			t.Errorf("%s: %q of %s is no link", a.Relation, a.Value, a.Category)
		}
		checkText(t, a.Relation, a.Value, 1, 1000)
		checkText(t, "the comment of "+a.Relation, a.Comment, 3, 500)
		if retyped.MatchString(a.Value) {
			t.Errorf("%s: MISP's pages turn %q into another type", a.Relation, a.Value)
		}
		predicates := map[string]bool{}
		for _, tag := range a.Tags {
			predicate, _, ok := strings.Cut(strings.TrimPrefix(tag.Name, Namespace+":"), "=")
			if !ok || predicates[predicate] || len(tag.Colour) != 7 || tag.Colour[0] != '#' || strings.Contains(tag.Name, "unknown") || strings.Contains(tag.Name, "not-applicable") {
				t.Errorf("tag %+v", tag)
			}
			predicates[predicate] = true
		}
	}
	for _, r := range o.References {
		if r.ObjectUUID != o.UUID || !misp.IsUUID(r.ReferencedUUID) || r.Relationship != "characterizes" {
			t.Errorf("reference %+v", r)
		}
	}
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{`"id":`, `"event_id":`, `"timestamp":`} {
		if strings.Contains(string(text), key) {
			t.Errorf("the object has the key %s", key)
		}
	}
}

func checkText(t *testing.T, what, s string, lines, characters int) {
	t.Helper()
	if n := strings.Count(s, "\n") + 1; n > lines {
		t.Errorf("%s has %d lines: %q", what, n, s)
	}
	if n := len([]rune(s)); n > characters {
		t.Errorf("%s has %d characters: %q", what, n, s)
	}
	if strings.TrimSpace(s) != s {
		t.Errorf("%s is not trimmed: %q", what, s)
	}
	for _, r := range s {
		if r > 0xFFFF || r < ' ' && r != '\n' {
			t.Errorf("%s holds %U: %q", what, r, s)
		}
	}
}

// without returns an object without what is new each time.
func without(o misp.Object) misp.Object {
	o.UUID = "object"
	attributes := make([]misp.Attribute, len(o.Attributes))
	for i, a := range o.Attributes {
		a.UUID = ""
		attributes[i] = a
	}
	o.Attributes = attributes
	for i := range o.References {
		o.References[i].ObjectUUID = o.UUID
	}
	return o
}

// musts returns the ids of the musts.
func musts() []string {
	var ids []string
	for _, c := range check.All {
		if c.Strength() == practice.Must {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

func resolver(t testing.TB) *resolve.Resolver {
	t.Helper()
	hosts := renderer(t).Hosts
	catalogue, err := resolve.Builtin(hosts)
	if err != nil {
		t.Fatal(err)
	}
	return &resolve.Resolver{Hosts: hosts, Catalogue: catalogue}
}
