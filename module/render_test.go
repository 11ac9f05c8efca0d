package module

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/misp"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var update = flag.Bool("update", false, "write the expected answers instead of comparing them")

const input = "0b6f3b5e-52a4-4f7e-9a53-0f6a4f6f4d10"

func TestGolden(t *testing.T) {
	r := renderer(t)
	for name, o := range map[string]misp.Object{"answer": r.Object(sample(), input), "hover": r.Summary(sample())} {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", " ")
		if err := e.Encode(Answer{Results: Results{Objects: []misp.Object{without(o)}}}); err != nil {
			t.Fatal(err)
		}
		path := "testdata/" + name + ".json"
		want, err := os.ReadFile(path)
		switch {
		case *update:
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		case err != nil:
			t.Error(err)
		case !bytes.Equal(b.Bytes(), want):
			t.Errorf("%s: the answer is now\n%s(go test -update writes it)", path, b.Bytes())
		}
	}
}

// TestAgreedAnswer rebuilds the report behind the agreed example and compares the answers, but for what the example took from
// labels: the words of remediation, of the operator, and of evidence that is no file. Its score and its order
// are of a time when two of the shoulds were lessons: the order of the agreed template is the one that counts.
func TestAgreedAnswer(t *testing.T) {
	file, err := os.ReadFile(shared + "/vocabulary/example-answer-misp.json")
	if err != nil {
		t.Skip(err)
	}
	file = bytes.ReplaceAll(bytes.ReplaceAll(file, []byte("90/100"), []byte("91/100")), []byte(`"value": "90"`), []byte(`"value": "91"`))
	var example Answer
	if err := json.Unmarshal(file, &example); err != nil {
		t.Fatal(err)
	}
	want := example.Results.Objects[0]
	commit := regexp.MustCompile(`[0-9a-f]{40}`).FindString(want.Comment)
	link := regexp.MustCompile(`/blob/` + commit + `/(.+?)(?:#L(\d+)(?:-L(\d+))?)?(?: \(\+(\d+)\))?$`)

	verdicts := map[string]verdict{}
	for _, a := range want.Attributes {
		if check.ByID(a.Relation) == nil {
			continue
		}
		status, _ := check.ParseStatus(a.Value)
		lines := strings.Split(a.Comment, "\n")
		v := verdict{status: status, reason: lines[0]}
		for _, l := range lines[1:] {
			if m := link.FindStringSubmatch(l); m != nil {
				first, _ := strconv.Atoi(m[2])
				last, _ := strconv.Atoi(m[3])
				more, _ := strconv.Atoi(m[4])
				v.evidence = append([]check.Evidence{{Path: m[1], Line: first, End: last}}, make([]check.Evidence, more)...)
			}
		}
		if a.Relation == "license-approved" {
			v.licenses = []string{"AGPL-3.0"}
		}
		verdicts[a.Relation] = v
	}
	r := reportOf(verdicts)
	r.Snapshot.Ref.Path, r.Snapshot.Name, r.Snapshot.Commit = "misp/misp", "MISP/MISP", commit

	got := renderer(t).Object(r, input)
	checkObject(t, got)
	gotRows, wantRows := comparable(got), comparable(want)
	order := func(a misp.Attribute) int {
		return slices.IndexFunc(Relations, func(r Relation) bool { return r.Name == a.Relation })
	}
	slices.SortStableFunc(wantRows, func(a, b misp.Attribute) int { return order(a) - order(b) })
	for i := range max(len(gotRows), len(wantRows)) {
		g, w := misp.Attribute{}, misp.Attribute{}
		if i < len(gotRows) {
			g = gotRows[i]
		}
		if i < len(wantRows) {
			w = wantRows[i]
		}
		if gt, wt := encoded(t, g), encoded(t, w); gt != wt {
			t.Fatalf("attribute %d is\n%s, agreed is\n%s", i, gt, wt)
		}
	}
}

// comparable returns the attributes of an object without uuids, and without the words that the example took from labels.
func comparable(o misp.Object) []misp.Attribute {
	rows := without(o).Attributes
	for i := range rows {
		a := &rows[i]
		if check.ByID(a.Relation) != nil {
			lines := strings.Split(a.Comment, "\n")
			lines = slices.DeleteFunc(lines, func(l string) bool {
				return strings.HasPrefix(l, "To do: ") || strings.HasPrefix(l, "Evidence: git-") || strings.HasPrefix(l, "Read: ")
			})
			a.Comment = strings.Join(lines, "\n")
		}
		switch a.Relation {
		case "remediation":
			a.Value = "some words"
		case "limitation":
			a.Comment = ""
		}
	}
	return rows
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	text, err := encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// hostile is text that MISP would not store as it is.
const hostile = "  {\"a\":1}\n🚀 \u202etxt\x00 | <b>&amp; https://example.org/ \r\n"

func TestAnswersFollowTheRules(t *testing.T) {
	long := strings.Repeat("a long path/", 60)
	reports := map[string]*assess.Report{
		"sample": sample(), "nothing judged": reportOf(nil), "hostile": sample(), "long": sample(), "local": sample(), "gitlab": sample(), "plain git": sample(),
	}
	for i := range reports["hostile"].Findings {
		f := &reports["hostile"].Findings[i]
		f.Reason += hostile
		f.Evidence = append([]check.Evidence{{Path: hostile, Line: 3, Note: hostile}}, f.Evidence...)
		f.Licenses = []string{hostile, hostile, ""}
	}
	reports["hostile"].Version = hostile
	for i := range reports["long"].Findings {
		f := &reports["long"].Findings[i]
		f.Reason = strings.Repeat("words without end ", 100)
		f.Evidence = []check.Evidence{{Path: long, Line: 100000, End: 200000}, {Path: long}, {Path: long + "2"}}
		f.Licenses = []string{strings.Repeat("X", 5000)}
	}
	reports["long"].Snapshot.Name = long
	reports["local"].Snapshot.Ref = repo.Ref{Scheme: "file", Path: "/home/analyst/secret-project"}
	reports["local"].Snapshot.Name = "tool"
	reports["gitlab"].Snapshot.Ref.Host = "gitlab.com"
	reports["plain git"].Snapshot.Ref = repo.Ref{Scheme: "https", Host: "git.example.org", Path: "pub/ä b.git"}
	for name, report := range reports {
		t.Run(name, func(t *testing.T) {
			r := renderer(t)
			o := r.Object(report, input)
			checkObject(t, o)
			if len(o.References) != 1 {
				t.Errorf("%d references", len(o.References))
			}
			if again := r.Object(report, input); encoded(t, without(again)) != encoded(t, without(o)) || again.UUID == o.UUID {
				t.Error("two answers differ in more than uuids, or have the same uuids")
			}
			for _, a := range o.Attributes {
				if a.Value != misp.Text(a.Value, 10000) {
					t.Errorf("%s: %q is not in its stored form", a.Relation, a.Value)
				}
			}
			hover := r.Summary(report)
			if n := len(hover.Attributes); n > 12 || n < 2 {
				t.Errorf("the hover has %d rows", n)
			}
			for _, a := range hover.Attributes {
				checkText(t, a.Relation, a.Value, 1, 400)
				if a.Value == "" || a.ToIDS || !a.DisableCorrelation || !misp.IsUUID(a.UUID) {
					t.Errorf("%+v", a)
				}
			}
			if text := encoded(t, o) + encoded(t, hover); strings.Contains(text, "/home/analyst") {
				t.Error("the answer tells a path of this machine")
			}
		})
	}
}

func values(o misp.Object, relation string) []string {
	var out []string
	for _, a := range o.Attributes {
		if a.Relation == relation {
			out = append(out, a.Value)
		}
	}
	return out
}

// TestValuesHoldVerdictsOnly changes everything but verdicts: a changed value would make MISP add a second object.
func TestValuesHoldVerdictsOnly(t *testing.T) {
	r := renderer(t)
	before, report := r.Object(sample(), ""), sample()
	report.Snapshot.Commit = strings.Repeat("9", 40)
	report.Snapshot.CommitTime = report.Snapshot.CommitTime.AddDate(0, 2, 0)
	report.Snapshot.Time = report.Snapshot.Time.AddDate(0, 2, 0)
	report.Version = "v2.0.0"
	report.Snapshot.Forge.Detail, report.Gaps[0].Detail = "after 3 s", "after 3 s"
	for i := range report.Findings {
		f := &report.Findings[i]
		f.Reason = strings.Replace(f.Reason, "no token", "after 3 s", 1)
		if f.Status.Judged() {
			f.Reason += ", as of today"
		}
		for j := range f.Evidence {
			if f.Evidence[j].Line > 0 {
				f.Evidence[j].Line += 10
			}
		}
	}
	after := r.Object(report, "")
	for i := range max(len(before.Attributes), len(after.Attributes)) {
		if before.Attributes[i].Value != after.Attributes[i].Value {
			t.Errorf("%s: %q became %q", before.Attributes[i].Relation, before.Attributes[i].Value, after.Attributes[i].Value)
		}
	}
	if before.Comment == after.Comment {
		t.Error("the comment of the object does not tell one from the other")
	}
}

// TestPassingGapsReadTheSame holds the reasons of gaps that pass to one wording, so that the next attempt gives the same object.
func TestPassingGapsReadTheSame(t *testing.T) {
	var first []string
	for _, gap := range []repo.Gap{repo.Late, repo.Limited, repo.Failed} {
		report := sample()
		report.Snapshot.Forge.Gap, report.Gaps[0].Gap = gap, gap
		got := values(renderer(t).Object(report, ""), "limitation")
		if first == nil {
			first = got
		}
		if !slices.Equal(got, first) || !slices.Contains(got, "forge did not answer: fix-timeliness") {
			t.Errorf("%s: %q, want %q", gap, got, first)
		}
	}
}

// TestTakenOver warns first that another repository had the name.
func TestTakenOver(t *testing.T) {
	report := sample()
	report.Snapshot.Forge = repo.Known(repo.ForgeFacts{ID: "666", PreviousID: "7"})
	got := renderer(t).Object(report, "")
	if said := values(got, "limitation"); len(said) == 0 || said[0] != "another repository had this name before" {
		t.Errorf("limitations %q", said)
	}
	for _, a := range got.Attributes {
		if a.Value == "another repository had this name before" && (!strings.Contains(a.Comment, "666") || !strings.Contains(a.Comment, "another one, 7,")) {
			t.Errorf("comment %q", a.Comment)
		}
	}
}

func TestTags(t *testing.T) {
	const key, policy = `csirt-tooling:security-contact-key="unmet"`, `csirt-tooling:disclosure-policy="partial"`
	for _, c := range []struct {
		tags Tags
		want []string
	}{
		{GradeTags, []string{`csirt-tooling:grade="progressing"`}},
		{MustTags, []string{`csirt-tooling:grade="progressing"`, key, policy}},
	} {
		r := renderer(t)
		r.Tags = c.tags
		o := r.Object(sample(), "")
		var got []string
		for _, a := range o.Attributes {
			for _, tag := range a.Tags {
				if a.Relation != repositoryLink {
					t.Errorf("%s is tagged", a.Relation)
				}
				got = append(got, tag.Name)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.tags, got, c.want)
		}
	}
	all := AllTags.tags(sample())
	if want := 1 + len(check.All) - 2; len(all) != want { // one is unknown, one not applicable
		t.Errorf("all: %d tags, want %d", len(all), want)
	}
	for _, tags := range []Tags{MustTags, GradeTags, AllTags} {
		if got, err := ParseTags(tags.String()); err != nil || got != tags {
			t.Errorf("ParseTags(%s) = %v, %v", tags, got, err)
		}
	}
	if _, err := ParseTags("none"); err == nil {
		t.Error("ParseTags accepts none")
	}
	local := sample()
	local.Snapshot.Ref = repo.Ref{Scheme: "file", Path: "/srv/tool"}
	o := renderer(t).Object(local, "")
	if len(o.Attributes[0].Tags) != 3 || len(values(o, repositoryLink)) != 0 {
		t.Errorf("of a directory the verdict has the tags %v", o.Attributes[0].Tags)
	}
}

func TestOrderOfRelations(t *testing.T) {
	o := renderer(t).Object(sample(), "")
	last := 1000
	for _, a := range o.Attributes {
		i := slices.IndexFunc(Relations, func(r Relation) bool { return r.Name == a.Relation })
		if i < 0 {
			t.Fatalf("%s is no relation of the template", a.Relation)
		}
		if p := Relations[i].Priority; p > last {
			t.Errorf("%s stands too far down", a.Relation)
		} else {
			last = p
		}
	}
	for _, name := range []string{"nearest-version", "assessed-commit", "assessed-commit-time", "criteria-version", "reviewer-remark"} {
		if got := values(o, name); got != nil {
			t.Errorf("%s is filled: %q", name, got)
		}
	}
}

func TestRemediationOrder(t *testing.T) {
	report := reportOf(map[string]verdict{
		"code-of-conduct":   {status: check.Partial, reason: "r"},
		"privacy-document":  {status: check.Unmet, reason: "r"},
		"security-contact":  {status: check.Partial, reason: "r"},
		"license-approved":  {status: check.Unmet, reason: "r"},
		"activity":          {status: check.Unmet, reason: "r"},
		"contribution-path": {status: check.Met, reason: "r"},
	})
	var want []string
	for _, id := range []string{"license-approved", "security-contact", "privacy-document", "code-of-conduct"} {
		want = append(want, check.ByID(id).Fix)
	}
	if got := values(renderer(t).Object(report, ""), "remediation"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestComment(t *testing.T) {
	long := strings.Repeat("deep/", 100) + "SECURITY.md"
	for _, c := range []struct {
		name string
		f    check.Finding
		want string
	}{
		{"met with lines", check.Finding{Status: check.Met, Reason: "named", Evidence: []check.Evidence{{Path: "a.md", Line: 2, End: 4}, {}, {}}},
			"named\nEvidence: https://github.com/Example/Tool/blob/" + commit + "/a.md#L2-L4 (+2)"},
		{"met by a tag", check.Finding{Status: check.Met, Reason: "tagged", Evidence: []check.Evidence{{Tag: "v1.0"}}},
			"tagged\nEvidence: https://github.com/Example/Tool/releases/tag/v1.0"},
		{"met by a commit", check.Finding{Status: check.Met, Reason: "signed", Evidence: []check.Evidence{{Commit: commit}}},
			"signed\nEvidence: https://github.com/Example/Tool/commit/" + commit},
		{"met without a place", check.Finding{Status: check.Met, Reason: "seen", Evidence: []check.Evidence{{Note: "the forge says so"}}},
			"seen\nEvidence: the forge says so"},
		{"address too long", check.Finding{Status: check.Met, Reason: strings.Repeat("w", 160), Evidence: []check.Evidence{{Path: long, Line: 3}, {}}},
			strings.Repeat("w", 160) + "\nEvidence: " + long[:322] + "… (+1)"},
		{"absent", check.Finding{Status: check.Unmet, Reason: "no key", Evidence: []check.Evidence{{Path: "a.md", Note: "read"}, {Path: "b.md"}, {Path: "c"}, {Path: "d"}}},
			"no key\nRead: a.md, b.md, c\nTo do: Do it."},
		{"nothing to read", check.Finding{Status: check.Unmet, Reason: "no file", Evidence: []check.Evidence{{Note: "looked in vain for X*"}}},
			"no file\nRead: looked in vain for X*\nTo do: Do it."},
		{"unmet at a line", check.Finding{Status: check.Unmet, Reason: "not free", Evidence: []check.Evidence{{Path: "LICENSE", Line: 9}}},
			"not free\nEvidence: https://github.com/Example/Tool/blob/" + commit + "/LICENSE#L9\nTo do: Do it."},
		{"no evidence", check.Finding{Status: check.Met, Reason: "so"}, "so"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.f.Check = &check.Check{Fix: "Do it.", Clause: practice.Repository}
			p := renderer(t).page(sample())
			if got := p.comment(&c.f); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	local := sample()
	local.Snapshot.Ref = repo.Ref{Scheme: "file", Path: "/srv/tool"}
	p := renderer(t).page(local)
	f := check.Finding{Check: &check.Check{}, Status: check.Met, Reason: "named", Evidence: []check.Evidence{{Path: "a.md", Line: 2}}}
	if got, want := p.comment(&f), "named\nEvidence: a.md:2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestRemediationsFit holds every advice of the table in the line that is left for it.
func TestRemediationsFit(t *testing.T) {
	for _, c := range check.All {
		if line := "To do: " + c.Fix; misp.Text(line, maxWhy) != line {
			t.Errorf("%s: the advice is too long or not plain: %q", c.ID, c.Fix)
		}
	}
}

func TestVerdictWords(t *testing.T) {
	all := map[string]verdict{}
	for _, id := range musts() {
		all[id] = verdict{status: check.Met, reason: "r"}
	}
	for _, c := range []struct {
		report *assess.Report
		want   string
	}{
		{sample(), "Example/Tool: practices progressing, 87/100; 8 of 11 musts met, 2 not met, 1 undecided"},
		{reportOf(nil), "Example/Tool: practices undetermined; 0 of 11 musts met, 11 undecided"},
		{reportOf(all), "Example/Tool: practices conformant, 100/100; 11 of 11 musts met"},
	} {
		if got := values(renderer(t).Object(c.report, ""), "assessment-verdict"); len(got) != 1 || got[0] != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func BenchmarkObject(b *testing.B) {
	r, report := renderer(b), sample()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := encode(r.Object(report, input)); err != nil {
			b.Fatal(err)
		}
	}
}
