package resolve

import (
	"strings"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

func TestResolveObject(t *testing.T) {
	r := builtinResolver(t)
	for _, tt := range []struct {
		name       string
		template   string
		attributes string // RELATION=VALUE, one a line
		chosen     string
		candidates string
	}{
		{"link first", "github-repo", "name=MISP\nfull-name=somebody/fork\nlink=https://github.com/MISP/MISP", "misp/misp", "misp/misp"},
		{"full name", "github-repo", "name=MISP\nfull-name=Somebody/Fork", "somebody/fork", "somebody/fork"},
		{"user and name", "github-repo", "name=tool\nusername=Somebody", "somebody/tool", "somebody/tool"},
		{"a link to the owner leaves it open", "github-repo", "link=https://github.com/MISP\nname=MISP", "misp/misp", "misp/misp"},
		{"name of a known tool", "github-repo", "name=IntelMQ", "certtools/intelmq", "certtools/intelmq"},
		{"CPE", "software", "name=Whatever\ncpe=cpe:2.3:a:misp:misp:2.4.1:*:*:*:*:*:*:*", "misp/misp", "misp/misp"},
		{"two CPEs of one product", "software", "cpe=cpe:2.3:a:misp:misp:1:*:*:*:*:*:*:*\ncpe=cpe:/a:misp-project:misp:2", "misp/misp", "misp/misp"},
		{"CPEs of two products", "software", "cpe=cpe:/a:misp:misp\ncpe=cpe:/a:certtools:intelmq", "", "misp/misp certtools/intelmq"},
		{"vendor and name", "software", "vendor=TheHive-Project\nname=Cortex", "thehive-project/cortex", "thehive-project/cortex"},
		{"vendor and name of two words", "software", "vendor=CIRCL\nname=BGP Ranking", "d4-project/bgp-ranking", "d4-project/bgp-ranking"},
		{"unknown software", "software", "name=Excel\nvendor=Microsoft", "", ""},
		{"package by its URL", "software-package", "name=pkg:pypi/intelmq\nversion=3.0", "certtools/intelmq", "certtools/intelmq"},
		{"package by name", "software-package", "name=n6", "cert-polska/n6", "cert-polska/n6"},
		{"asset", "cpe-asset", "vendor=misp\nproduct=misp\ncpe=cpe:2.3:a:cve-search:cve-search:*:*:*:*:*:*:*:*", "cve-search/cve-search", "cve-search/cve-search"},
		{"asset without its name", "cpe-asset", "vendor=misp\nproduct=misp", "misp/misp", "misp/misp"},
		{"user with one repository", "github-user", "username=adulau\nrepository=adulau/tool", "adulau/tool", "adulau/tool"},
		{"user with two repositories", "github-user", "username=adulau\nrepository=adulau/a\nrepository=adulau/b", "", "adulau/a adulau/b"},
		{"user alone", "github-user", "username=cve-search", "", "cve-search/cve-search cve-search/git-vuln-finder"},
		{"origin", "git-vuln-finder", "commit-id=d7cd2d5a\norigin=https://github.com/MISP/MISP.git\ncve=CVE-2024-1", "misp/misp", "misp/misp"},
		{"commit", "git-vuln-finder", "origin-github-api=https://api.github.com/repos/MISP/MISP/commits/d7cd2d5a", "misp/misp", "misp/misp"},
		{"local origin", "git-vuln-finder", "origin=/home/somebody/MISP", "", ""},
		{"other template", "vulnerability", "references=https://github.com/MISP/MISP", "", ""},
		{"empty", "software", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var attributes []Attribute
			for line := range strings.SplitSeq(tt.attributes, "\n") {
				relation, value, _ := strings.Cut(line, "=")
				attributes = append(attributes, Attribute{Relation: relation, Type: "text", Value: value})
			}
			got := r.ResolveObject(tt.template, attributes)
			var candidates []string
			for _, c := range got.Candidates {
				candidates = append(candidates, c.Target.Ref.Path)
			}
			if got.Chosen.Ref.Path != tt.chosen || strings.Join(candidates, " ") != tt.candidates {
				t.Errorf("chosen %q, candidates %v", got.Chosen.Ref.Path, candidates)
			}
			if (got.Chosen.Meaning == repo.Repository) != (tt.chosen != "") || (got.By == "") != (tt.chosen == "") {
				t.Errorf("chosen %v by %q", got.Chosen.Meaning, got.By)
			}
		})
	}
}

func TestTypeOf(t *testing.T) {
	for _, tt := range []struct{ template, relation, attributeType, want string }{
		{"github-repo", "full-name", "text", "github-repository"},
		{"github-repo", "name", "text", "text"},
		{"cpe-asset", "cpe", "text", "cpe"},
		{"git-vuln-finder", "origin", "text", "url"},
		{"", "full-name", "text", "text"},
		{"person", "full-name", "full-name", "full-name"},
	} {
		if got := TypeOf(tt.template, Attribute{Relation: tt.relation, Type: tt.attributeType}); got != tt.want {
			t.Errorf("%s %s: got %s, want %s", tt.template, tt.relation, got, tt.want)
		}
	}
}

func TestTemplatesHaveNoAttributeType(t *testing.T) {
	for _, name := range Templates() {
		if name == "vulnerability" {
			t.Error("every CVE would be sent")
		}
	}
}
