package metrics

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestDashboard holds the dashboard for Grafana to the metrics that there are: it uses all of them, and labels that they have.
func TestDashboard(t *testing.T) {
	text, err := os.ReadFile("dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	m := New("v", "r")
	m.Waiting(func() int { return 0 })
	m.Query(Hover, Answered, time.Second)
	m.Finding("activity", "met")
	m.Asked("github", 200)
	m.AskedService("osv", 200)
	m.Granted("github.com", 1)
	families, err := m.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string][]string{}
	for _, f := range families {
		if name := f.GetName(); strings.HasPrefix(name, prefix) {
			labels[name] = []string{"le"}
			for _, l := range f.GetMetric()[0].GetLabel() {
				labels[name] = append(labels[name], l.GetName())
			}
		}
	}
	used := map[string]bool{}
	by := regexp.MustCompile(`by \(([^)]*)\)|\{(\w+)=`)
	for _, p := range dashboard.Panels {
		for _, target := range p.Targets {
			name := strings.TrimSuffix(regexp.MustCompile(prefix+`\w+`).FindString(target.Expr), "_bucket")
			if labels[name] == nil {
				t.Errorf("%s: there is no metric %q", p.Title, name)
				continue
			}
			used[name] = true
			for _, match := range by.FindAllStringSubmatch(target.Expr, -1) {
				for _, label := range strings.FieldsFunc(match[1]+match[2], func(r rune) bool { return r == ',' || r == ' ' }) {
					if !slices.Contains(labels[name], label) {
						t.Errorf("%s: %s has no label %s", p.Title, name, label)
					}
				}
			}
		}
	}
	for name := range labels {
		if !used[name] {
			t.Errorf("no panel shows %s", name)
		}
	}
}
