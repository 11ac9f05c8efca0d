package assess

import (
	"testing"

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/practice"
)

// findings gives every criterion of the table the status of its strength, except those that are named.
func findings(must, should, rest check.Status, except map[string]check.Status) []check.Finding {
	var out []check.Finding
	for _, c := range check.All {
		status := rest
		switch c.Strength() {
		case practice.Must:
			status = must
		case practice.Should:
			status = should
		}
		if s, ok := except[c.ID]; ok {
			status = s
		}
		out = append(out, check.Finding{Check: c, Status: status})
	}
	return out
}

func TestGrade(t *testing.T) {
	type except map[string]check.Status
	tests := []struct {
		name               string
		must, should, rest check.Status
		except             except
		want               Grade
	}{
		{"all met", check.Met, check.Met, check.Met, nil, Exemplary},
		{"lessons do not matter", check.Met, check.Met, check.Unmet, nil, Exemplary},
		{"a should that does not apply", check.Met, check.Met, check.Met, except{"documented-api": check.NotApplicable}, Exemplary},
		{"a should that is unknown", check.Met, check.Met, check.Met, except{"documented-api": check.Unknown}, Conformant},
		{"shoulds partial", check.Met, check.Partial, check.Met, nil, Conformant},
		{"a must that does not apply", check.Met, check.Unmet, check.Unmet, except{"fix-timeliness": check.NotApplicable}, Conformant},
		{"an unknown must", check.Met, check.Met, check.Met, except{"fix-timeliness": check.Unknown}, Progressing},
		{"a partial must", check.Met, check.Met, check.Met, except{"security-contact-key": check.Partial}, Progressing},
		{"no licence", check.Met, check.Met, check.Met, except{"license-approved": check.Unmet}, Initial},
		{"no contact", check.Met, check.Met, check.Met, except{"security-contact": check.Unmet}, Initial},
		{"nothing met", check.Partial, check.Met, check.Met, nil, Initial},
		{"exactly a third unknown", check.Met, check.Met, check.Met, except{
			"fix-timeliness": check.NotApplicable, "dependency-license-review": check.NotApplicable, // nine remain
			"cve-assignment": check.Unknown, "public-access": check.Unknown, "issue-tracker": check.Unknown,
		}, Progressing},
		{"more than a third unknown", check.Met, check.Met, check.Met, except{
			"cve-assignment": check.Unknown, "fix-timeliness": check.Unknown, "public-access": check.Unknown, "issue-tracker": check.Unknown,
		}, Undetermined},
		{"nothing applies", check.NotApplicable, check.Met, check.Met, nil, Undetermined},
	}
	for _, tt := range tests {
		list := findings(tt.must, tt.should, tt.rest, tt.except)
		if got := GradeOf(list, ScoreOf(list)); got != tt.want {
			t.Errorf("%s: grade %s, want %s (musts %+v)", tt.name, got, tt.want, ScoreOf(list).Musts)
		}
	}
}

func TestScore(t *testing.T) {
	only := func(statuses map[string]check.Status) []check.Finding {
		return findings(check.Unknown, check.NotApplicable, check.Unknown, statuses)
	}
	tests := []struct {
		name     string
		statuses map[string]check.Status
		percent  int
		judged   int
	}{
		{"nothing judged", nil, 0, 0},
		{"must against lesson", map[string]check.Status{"license-approved": check.Met, "activity": check.Unmet}, 80, 2},
		{"partial is one half", map[string]check.Status{"license-approved": check.Partial}, 50, 1},
		{"half rounds up", map[string]check.Status{"license-approved": check.Met, "code-of-conduct": check.Met, "documented-api": check.Unmet}, 75, 3},
		{"one third", map[string]check.Status{"activity": check.Met, "cla-free": check.Unmet, "open-standards": check.Unmet}, 33, 3},
		{"one eighth is 12.5", map[string]check.Status{"activity": check.Partial, "public-access": check.Unmet}, 10, 2},
		{"exact half", map[string]check.Status{
			"activity": check.Met, "source-history": check.Unmet, "code-of-conduct": check.Unmet, "cla-free": check.Unmet,
		}, 13, 4},
	}
	for _, tt := range tests {
		got := ScoreOf(only(tt.statuses))
		if got.Percent != tt.percent || got.Judged != tt.judged {
			t.Errorf("%s: %d %% of %d judged, want %d %% of %d", tt.name, got.Percent, got.Judged, tt.percent, tt.judged)
		}
	}
}
