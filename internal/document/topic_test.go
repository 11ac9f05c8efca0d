package document

import (
	"reflect"
	"testing"
)

func TestTopics(t *testing.T) {
	for _, tt := range []struct {
		heading string
		topic   Topic
		want    bool
	}{
		{"Reporting a Vulnerability", Reporting, true},
		{"Security & Privacy", Privacy, true},
		{"Security & Privacy", Security, true},
		{"Supported versions", Reporting, false},
		{"Sicherheitslücken melden", Reporting, true},
		{"Datenschutz", Privacy, true},
		{"Signaler une vulnérabilité", Reporting, true},
		{"Polityka bezpieczeństwa", Reporting, true},
		{"Licencja", Licensing, true},
		{"Código de conducta", Conduct, true},
		{"Contributor Covenant Code of Conduct", Conduct, true},
		{"How to contribute", Contributing, true},
		{"License", Licensing, true},
		{"Insecurity", Security, false},
		{"What’s new", Changes, true},
		{"Getting help", Support, true},
	} {
		if got := tt.topic.IsAbout(tt.heading); got != tt.want {
			t.Errorf("topic %d is about %q: %v", tt.topic, tt.heading, got)
		}
	}
	d := Parse("README.md", "# Tool\n## Security\n### Reporting vulnerabilities\nWrite.\n## License\nMIT\n")
	if got := d.About(Security); !reflect.DeepEqual(got, []int{2, 3}) {
		t.Errorf("sections about security are %v", got)
	}
	if got := d.Path(3); !reflect.DeepEqual(got, []string{"Tool", "Security", "Reporting vulnerabilities"}) {
		t.Errorf("the path is %q", got)
	}
	if got := d.Under(2); len(got) != 3 || got[2].Text != "Write." {
		t.Errorf("under security stand %v", got)
	}
	if d.Title() != "Tool" {
		t.Errorf("the title is %q", d.Title())
	}
}
