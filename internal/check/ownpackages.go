package check

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/manifest"
	"misp-csirt-tooling/internal/repo"
)

// OwnPackages are the packages that a repository makes, as far as its manifests tell.
type OwnPackages struct {
	List   []OwnPackage // those at the root first
	Unsure []string     // ecosystems, sorted, of which the repository may make packages that are not listed
}

// OwnPackage is a package that a repository makes.
type OwnPackage struct {
	Ecosystem string // type of its package URL
	Name      string // namespace/name, in the spelling of the manifest
	Path      string // of the manifest
}

const (
	maxOwnPackages = 100 // manifests that are read
	maxPackageName = 214 // bytes; npm's limit
)

// keptCopies are the trees in which package managers put what others made. Unlike other foreign trees they never hold a package
// that the repository makes.
var keptCopies = map[string]bool{"vendor": true, "node_modules": true, "bower_components": true, "site-packages": true}

// OwnPackages reads the manifests that were collected. A manifest that was not, that does not tell its package, or that stands
// where samples and tests do, makes its ecosystem unsure.
func (r *Reading) OwnPackages(s *repo.Snapshot) OwnPackages {
	r.begin(s.Files.Value)
	unsure := map[string]bool{}
	var out OwnPackages
	manifests := r.tree.manifests()
	if len(manifests) > maxOwnPackages {
		for _, m := range manifests[maxOwnPackages:] {
			unsure[m.ecosystem] = true
		}
		manifests = manifests[:maxOwnPackages]
	}
	told := map[string]bool{} // ecosystem and folder in which a manifest tells the package
	computed := map[string]string{}
	for _, m := range manifests {
		f := &r.tree.files[m.file]
		if !f.Text.Known() || r.tree.alien[m.file] {
			unsure[m.ecosystem] = true
			continue
		}
		identity := manifest.Identify(f.Path, f.Text.Value)
		place := m.ecosystem + " " + path.Dir(f.Path)
		if name := identity.Name; name != "" && len(name) <= maxPackageName {
			out.List = append(out.List, OwnPackage{m.ecosystem, name, f.Path})
			told[place] = told[place] || !identity.Computed
		}
		if identity.Computed {
			computed[place] = m.ecosystem
		}
	}
	for place, ecosystem := range computed {
		if !told[place] {
			unsure[ecosystem] = true
		}
	}
	for ecosystem := range unsure {
		out.Unsure = append(out.Unsure, ecosystem)
	}
	slices.Sort(out.Unsure)
	return out
}

// packageManifest is a file that describes a package.
type packageManifest struct {
	file      int
	ecosystem string
}

// manifests returns the files that describe packages, those in the fewest folders first.
func (t *tree) manifests() []packageManifest {
	var out []packageManifest
	for name, ecosystem := range manifest.IdentityFiles() {
		files := t.byBase[name]
		if strings.HasPrefix(name, ".") {
			files = t.byExt[name]
		}
		for _, i := range files {
			if readable(&t.files[i]) && !slices.ContainsFunc(strings.Split(path.Dir(t.lower[i]), "/"), func(dir string) bool { return keptCopies[dir] }) {
				out = append(out, packageManifest{i, ecosystem})
			}
		}
	}
	slices.SortFunc(out, func(a, b packageManifest) int {
		return cmp.Or(t.depth[a.file]-t.depth[b.file], strings.Compare(t.lower[a.file], t.lower[b.file]), a.file-b.file)
	})
	return out
}
