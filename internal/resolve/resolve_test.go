package resolve

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

func builtinResolver(tb testing.TB) *Resolver {
	tb.Helper()
	hosts, err := repo.NewHosts()
	if err != nil {
		tb.Fatal(err)
	}
	c, err := Builtin(hosts)
	if err != nil {
		tb.Fatal(err)
	}
	return &Resolver{Hosts: hosts, Catalogue: c}
}

// vectors reads a file of tab-separated rows: type, value, kind, forge, reference, revision, subpath.
func vectors(tb testing.TB, path string) [][]string {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if line != "" && !strings.HasPrefix(line, "#") {
			rows = append(rows, append(strings.Split(line, "\t"), "", "", "", "", "")[:7])
		}
	}
	return rows
}

func checkVectors(t *testing.T, path string) {
	r := builtinResolver(t)
	for _, row := range vectors(t, path) {
		target := r.Read(row[0], row[1])
		result := Resolution{Target: target}.Result(row[0], row[1])
		ref := ""
		if !target.Ref.IsZero() {
			ref = target.Ref.String()
		}
		got := strings.Join([]string{result.Kind, result.Forge, ref, result.Revision, result.Subpath}, "\t")
		if want := strings.Join(row[2:], "\t"); got != want {
			t.Errorf("%s %q\n got %s\nwant %s", row[0], row[1], got, want)
		}
	}
}

func TestReferenceVectors(t *testing.T) {
	path := filepath.Join("..", "..", "..", "shared", "reference-vectors.tsv")
	if _, err := os.Stat(path); err != nil {
		t.Skip("no reference vectors beside the module")
	}
	checkVectors(t, path)
}

func TestVectors(t *testing.T) { checkVectors(t, filepath.Join("testdata", "vectors.tsv")) }

// Each system that the best practices of 2018 list is one repository, whatever it is called.
func TestSeedSystems(t *testing.T) {
	r := builtinResolver(t)
	for _, tt := range []struct {
		repository string
		values     [][2]string // type and value
	}{
		{"https://github.com/misp/misp", [][2]string{
			{"text", "MISP"}, {"github-repository", "MISP"}, {"text", "Malware Information Sharing Platform"},
			{"cpe", "cpe:2.3:a:misp:misp:2.4.100:*:*:*:*:*:*:*"}, {"cpe", "cpe:/a:misp-project:misp:2.4"},
			{"cpe", "cpe:2.3:a:misp-project:malware_information_sharing_platform:*:*:*:*:*:*:*:*"},
			{"link", "https://www.misp-project.org/"}, {"url", "http://misp-project.org"}, {"link", "https://misp.github.io/MISP/"},
			{"link", "https://github.com/MISP/MISP"}, {"link", "https://github.com/BeDefCERT/MISP.git"}}},
		{"https://github.com/ail-project/ail-framework", [][2]string{
			{"text", "AIL"}, {"text", "AIL Framework"}, {"cpe", "cpe:2.3:a:ail-project:ail-framework:5.0:*:*:*:*:*:*:*"},
			{"cpe", `cpe:2.3:a:circl:ail_framework:-:*:*:*:*:*:*:*`}, {"link", "https://github.com/ail-project/ail-framework"},
			{"link", "https://github.com/CIRCL/AIL-framework"}, {"github-repository", "CIRCL/AIL-framework"}, {"link", "https://ail-project.org/"}}},
		{"https://github.com/d4-project/bgp-ranking", [][2]string{
			{"text", "BGP Ranking"}, {"text", "bgp-ranking"}, {"cpe", "cpe:2.3:a:circl:bgp_ranking:*:*:*:*:*:*:*:*"},
			{"link", "https://github.com/D4-project/BGP-Ranking"}, {"link", "https://www.github.com/CIRCL/bgpranking-ng/"},
			{"link", "http://bgpranking.circl.lu/"}}},
		{"https://github.com/cve-search/cve-search", [][2]string{
			{"text", "cve-search"}, {"text", "CVE-Search"}, {"cpe", "cpe:2.3:a:cve-search:cve-search:4.0:*:*:*:*:*:*:*"},
			{"link", "https://github.com/cve-search/cve-search"}, {"link", "https://github.com/adulau/cve-search"}}},
		{"https://github.com/certtools/intelmq", [][2]string{
			{"text", "IntelMQ"}, {"cpe", "cpe:2.3:a:certtools:intelmq:3.2.0:*:*:*:*:*:*:*"}, {"cpe", "cpe:/a:intelmq:intelmq"},
			{"link", "https://github.com/certtools/intelmq"}, {"url", "git://github.com/certtools/intelmq.git"},
			{"text", "pkg:pypi/IntelMQ"}, {"text", "https://pypi.org/project/intelmq/"}, {"link", "https://certtools.github.io/intelmq/"}}},
		{"https://github.com/cert-polska/n6", [][2]string{
			{"text", "n6"}, {"cpe", "cpe:2.3:a:cert.pl:n6:4.0:*:*:*:*:*:*:*"}, {"link", "https://github.com/CERT-Polska/n6"},
			{"link", "http://www.github.com/CERT-Polska/n6"}, {"link", "https://n6.readthedocs.io"}}},
		{"https://github.com/thehive-project/thehive", [][2]string{
			{"text", "TheHive"}, {"text", "The Hive"}, {"cpe", "cpe:2.3:a:thehive-project:thehive:4.1.0:*:*:*:*:*:*:*"},
			{"link", "https://github.com/TheHive-Project/TheHive"}, {"link", "https://github.com/CERT-BDF/TheHive"}}},
		{"https://github.com/thehive-project/cortex", [][2]string{
			{"text", "Cortex"}, {"cpe", "cpe:2.3:a:thehive-project:cortex:2.1.2:*:*:*:*:*:*:*"},
			{"link", "https://github.com/TheHive-Project/Cortex"}, {"link", "https://github.com/CERT-BDF/Cortex"}}},
		{"https://github.com/thehive-project/cortex-analyzers", [][2]string{
			{"text", "Cortex Analyzers"}, {"cpe", "cpe:2.3:a:thehive-project:cortex-analyzers:3.0:*:*:*:*:*:*:*"},
			{"link", "https://github.com/TheHive-Project/Cortex-Analyzers/"}, {"link", "https://github.com/CERT-BDF/Cortex-Analyzers"}}},
	} {
		for _, v := range tt.values {
			if got := r.Resolve(v[0], v[1]); got.Chosen.Meaning != repo.Repository || got.Chosen.Ref.String() != tt.repository {
				t.Errorf("%s %q: chosen %v %s of %v, want %s", v[0], v[1], got.Chosen.Meaning, got.Chosen.Ref, got.Candidates, tt.repository)
			}
		}
	}
}

// What is no exact match is never chosen.
func TestCandidatesAreNotChosen(t *testing.T) {
	r := builtinResolver(t)
	for _, tt := range []struct {
		attributeType, value string
		candidates           string
	}{
		{"link", "https://github.com/CERT-Polska", "cert-polska/n6 cert-polska/karton"},
		{"github-organisation", "cve-search", "cve-search/cve-search cve-search/git-vuln-finder"},
		{"link", "https://somebody.github.io/tool/", "somebody/tool"},
		{"text", "pkg:pypi/cve-search", ""}, // another project has this name there
		{"cpe", "cpe:2.3:a:strangebee:thehive:5.2:*:*:*:*:*:*:*", ""},
		{"cpe", "cpe:2.3:a:misp*:misp:*:*:*:*:*:*:*:*", ""},
		{"link", "https://www.misp-project.org/features/", ""},
		{"text", "and/or", ""},
	} {
		got := r.Resolve(tt.attributeType, tt.value)
		var names []string
		for _, c := range got.Candidates {
			names = append(names, c.Target.Ref.Path)
		}
		if got.Chosen.Meaning != repo.Nothing || strings.Join(names, " ") != tt.candidates {
			t.Errorf("%s %q: chosen %s, candidates %v, want %q", tt.attributeType, tt.value, got.Chosen.Ref, names, tt.candidates)
		}
	}
}

func TestVersionIsCarriedAlong(t *testing.T) {
	r := builtinResolver(t)
	for _, tt := range []struct {
		value, revision string
		pinned          bool
	}{
		{"pkg:github/MISP/MISP@v2.5.20", "v2.5.20", true},
		{"pkg:github/MISP/MISP@d7cd2d5a2e0e9f4a", "d7cd2d5a2e0e9f4a", false},
		{"pkg:pypi/intelmq@3.4.0", "3.4.0", true},
		{"cpe:2.3:a:misp:misp:2.4.100:*:*:*:*:*:*:*", "", false},
		{"https://github.com/CERT-BDF/TheHive/releases/tag/2.13.2", "2.13.2", true},
		{"https://github.com/CERT-BDF/TheHive/blob/master/LICENSE", "master", false},
		{"pkg:golang/github.com/o/r/sub/v2@v2.1.0", "sub/v2.1.0", true},
		{"pkg:golang/github.com/o/r@v0.0.0-20240131123456-0123456789ab", "0123456789ab", false},
		{"pkg:golang/github.com/o/r@v2.0.0%2Bincompatible", "v2.0.0", true},
		{"pkg:generic/tool@1?download_url=https://github.com/o/r/releases/download/v1/r.tgz", "v1", true},
		{"pkg:generic/tool@1?vcs_url=git%2Bhttps://github.com/o/r", "", false},
	} {
		if got := r.Resolve("text", tt.value).Chosen; got.Revision != tt.revision || got.Pinned != tt.pinned {
			t.Errorf("%s: revision %q pinned %v, want %q %v", tt.value, got.Revision, got.Pinned, tt.revision, tt.pinned)
		}
	}
}

func TestReadable(t *testing.T) {
	r := builtinResolver(t)
	for _, tt := range []struct {
		attributeType, value string
		want                 bool
	}{
		{"text", "and/or", false},
		{"text", "MISP", false},
		{"text", "https://www.misp-project.org/", false},
		{"text", "10.0.0.1/24", false},
		{"text", "pkg:pypi/intelmq", true},
		{"text", "cpe:2.3:a:misp:misp:*:*:*:*:*:*:*:*", true},
		{"text", "https://github.com/MISP/MISP", true},
		{"github-repository", "MISP", true},
		{"link", "https://www.misp-project.org/", true},
		{"link", "http://127.0.0.1/x.git", false},
	} {
		if got := Readable(tt.attributeType, r.Read(tt.attributeType, tt.value).Meaning); got != tt.want {
			t.Errorf("%s %q: got %v", tt.attributeType, tt.value, got)
		}
	}
}

func TestResult(t *testing.T) {
	r := builtinResolver(t)
	for _, tt := range []struct{ attributeType, value, want string }{
		{"link", "https://github.com/CIRCL/AIL-framework/tree/master/bin", `{"input":"https://github.com/CIRCL/AIL-framework/tree/master/bin","type":"link",` +
			`"kind":"repo","forge":"github","repository":"https://github.com/circl/ail-framework","revision":"master","subpath":"bin",` +
			`"chosen":"https://github.com/ail-project/ail-framework","resolved_by":"catalogue","candidates":[{"repository":"https://github.com/ail-project/ail-framework",` +
			`"name":"ail-project/ail-framework","revision":"master","source":"catalogue","evidence":"the repository that was at this address"}]}`},
		{"text", "pkg:npm/%40octokit/openapi@23.0.2", `{"input":"pkg:npm/%40octokit/openapi@23.0.2","type":"text","kind":"package","forge":"npm",` +
			`"repository":null,"revision":"","subpath":"@octokit/openapi","chosen":null,"resolved_by":"","candidates":[]}`},
		{"github-repository", "MISP/PyMISP", `{"input":"MISP/PyMISP","type":"github-repository","kind":"repo","forge":"github",` +
			`"repository":"https://github.com/misp/pymisp","revision":"","subpath":"","chosen":"https://github.com/misp/pymisp","resolved_by":"owner/name","candidates":[]}`},
	} {
		result := r.Resolve(tt.attributeType, tt.value).Result(tt.attributeType, tt.value)
		got, err := json.Marshal(result)
		if err != nil || string(got) != tt.want {
			t.Errorf("%q: %v\n got %s\nwant %s", tt.value, err, got, tt.want)
		}
	}
	var b strings.Builder
	if err := r.Resolve("text", "AIL").Result("text", "AIL").WriteText(&b); err != nil {
		t.Fatal(err)
	}
	want := "AIL\n  kind        name\n  chosen      https://github.com/ail-project/ail-framework\n  resolved by catalogue\n" +
		"  candidate   https://github.com/ail-project/ail-framework (catalogue: known by the name AIL)\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func BenchmarkResolve(b *testing.B) {
	r := builtinResolver(b)
	for _, bb := range []struct{ name, attributeType, value string }{
		{"url", "url", "https://cdn.example.org/wp-content/uploads/2024/01/invoice_4711.doc?id=42"},
		{"hash", "text", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"prose", "text", "The actor used a loader that was signed with a stolen certificate, see the attached report for details."},
		{"cpe", "cpe", "cpe:2.3:a:misp:misp:2.4.100:*:*:*:*:*:*:*"},
		{"purl", "text", "pkg:pypi/intelmq@3.4.0"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Resolve(bb.attributeType, bb.value)
			}
		})
	}
}
