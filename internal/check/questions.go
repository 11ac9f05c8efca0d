package check

import (
	"net/url"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/manifest"
	"misp-csirt-tooling/internal/repo"
)

// Questions returns what the checks would like to know elsewhere about a snapshot. It is for whoever collects, as Wanted is.
func (r *Reading) Questions(s *repo.Snapshot) repo.Questions {
	r.begin(s.Files.Value)
	q := view(s, r.tree, r.lib, securityContactKey).keyQuestions()
	homepages := []string{s.Forge.Value.Homepage}
	for i := range s.Files.Value {
		if f := &s.Files.Value[i]; f.Text.Known() && !strings.Contains(f.Path, "/") {
			p := manifest.ReadPresence(f.Path, f.Text.Value)
			homepages = append(homepages, p.Homepage)
			if p.Package != "" && !slices.Contains(q.Packages, p.Package) {
				q.Packages = append(q.Packages, p.Package)
			}
		}
	}
	for _, h := range homepages {
		if host := siteOf(h); host != "" && host != s.Ref.Host && !slices.Contains(q.Sites, host) {
			q.Sites = append(q.Sites, host)
		}
	}
	return q
}

// sharedHosts are hosts at which many projects have a page: what stands at their root is about the host.
var sharedHosts = []string{
	"github.com", "gitlab.com", "codeberg.org", "gitea.com", "bitbucket.org", "sr.ht", "sourceforge.net", "launchpad.net", "savannah.gnu.org", "gitee.com",
	"salsa.debian.org", "framagit.org", "gitlab.gnome.org", "gitlab.freedesktop.org", "dev.azure.com", "git.code.sf.net",
	"pypi.org", "python.org", "npmjs.com", "npmjs.org", "crates.io", "docs.rs", "lib.rs", "packagist.org", "rubygems.org", "go.dev", "golang.org", "godoc.org",
	"mvnrepository.com", "maven.org", "nuget.org", "metacpan.org", "cpan.org", "hackage.haskell.org", "docker.com", "docker.io", "quay.io", "hex.pm", "pub.dev",
	"readthedocs.org", "gitbook.com", "google.com", "microsoft.com", "visualstudio.com", "notion.so", "medium.com", "wikipedia.org", "wordpress.com", "youtube.com",
	"arxiv.org", "doi.org", "zenodo.org", "ietf.org", "w3.org", "debian.org", "gnu.org", "apple.com", "amazon.com", "kaggle.com", "huggingface.co",
}

// pageHosts are hosts that give each project, or each owner, a name of its own below theirs.
var pageHosts = []string{"sourceforge.net", "gitbook.com", "wordpress.com", "medium.com"}

// siteOf returns the host of a project's site, empty for what is none or shared with others.
func siteOf(homepage string) string {
	u, err := url.Parse(strings.TrimSpace(homepage))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Port() != "" && u.Port() != "443" && u.Port() != "80" {
		return ""
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	address := strings.Contains(host, ":") || strings.Trim(host, "0123456789.") == ""
	if address || !strings.Contains(host, ".") || hostIn("https://"+host, socialHosts) || madeUp("x@"+host) {
		return ""
	}
	bare := strings.TrimPrefix(host, "www.")
	for _, shared := range sharedHosts {
		if bare == shared || strings.HasSuffix(bare, "."+shared) && !slices.Contains(pageHosts, shared) {
			return ""
		}
	}
	return host
}

// keyQuestions asks for the keys whose fingerprints stand with the contact for reports, for those in the tree, which may have been
// revoked since, and for the keys of the contacts' addresses.
func (v *View) keyQuestions() repo.Questions {
	passages, contacts := v.reportTexts(), v.reportAddresses()
	mentions := v.keyMentions(passages, contacts)
	q := repo.Questions{Addresses: contacts}
	for _, m := range mentions {
		if m.tied && m.fingerprint != "" {
			q.Fingerprints = append(q.Fingerprints, m.fingerprint)
		}
	}
	for _, k := range v.foundKeys(passages, contacts, mentions) {
		if k.tie != "" && !k.release {
			q.Fingerprints = append(q.Fingerprints, k.Fingerprints[0])
		}
	}
	return q
}
