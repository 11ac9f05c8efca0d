package manifest

import (
	"misp-csirt-tooling/internal/pattern"
	"path"
	"slices"
	"strings"
)

// Dependency is a package that a file declares, locks or lists.
type Dependency struct {
	Name     string
	Version  string // constraint or version as written, empty for none
	Exact    bool   // only one version fits, or the content is fixed by a hash
	Dev      bool   // needed for development only, where the format or the name of a requirements file tells
	Licenses []string
	Line     int // 0 if the format does not tell
}

// Dependencies is what one file says of the packages that a project needs.
type Dependencies struct {
	Ecosystem string // language or package manager, as Ecosystems names it
	Lock      bool   // the file is a lock file or an inventory: what was resolved, not what is asked for
	List      []Dependency
	Runtime   Runtime
}

// Runtime is the version of a language that a project asks for.
type Runtime struct {
	Product string // python, php, node, java, ruby, go
	Version string // constraint as written, empty for none
	Line    int
}

// maxDependencies is how many dependencies of a file are kept, maxLock the size in bytes of the largest lock file that is read.
const (
	maxDependencies = 5000
	maxLock         = 16 << 20
)

// format reads the files of one name.
type format struct {
	ecosystem string
	lock      bool
	read      func(d *Dependencies, text string)
}

// formatOf returns the format of a file by its lower-case path, with a nil read if only the presence of the file tells.
func formatOf(lower string) (format, bool) {
	base := path.Base(lower)
	if f, ok := formats[strings.TrimSuffix(base, ".in")]; ok {
		return f, true // also as autoconf's template of it
	}
	ext := path.Ext(base)
	switch {
	case ext == ".txt" && (strings.HasPrefix(base, "requirement") || strings.HasSuffix(base, "requirements.txt")),
		ext == ".txt" && path.Base(path.Dir(lower)) == "requirements", base == "requirements.in", base == "requirements":
		return format{"Python", false, requirements}, true
	case base == "control" && path.Base(path.Dir(lower)) == "debian":
		return format{"Debian", false, debianControl}, true
	case ext == ".gemspec":
		return format{"Ruby", false, gemfile}, true
	case ext == ".cmake" && path.Base(path.Dir(lower)) == "cmake" && !strings.HasPrefix(base, "find"):
		return format{"C and C++", false, cmake}, true // what it includes; a module named Find… tells how to find one, for whoever asks
	case ext == ".csproj", ext == ".fsproj", ext == ".vbproj":
		return format{".NET", false, msbuild}, true
	case ext == ".psd1" && !strings.Contains(base, "settings") && !strings.Contains(base, "analyzer"), ext == ".ps1" && strings.HasPrefix(base, "require"):
		return format{"PowerShell", false, powerShell}, true
	case ext == ".cabal":
		return format{"Haskell", false, nil}, true
	case ext == ".opam":
		return format{"OCaml", false, nil}, true
	case ext == ".rockspec":
		return format{"Lua", false, nil}, true
	}
	return format{}, false
}

// formats are the files that are known by their whole name.
var formats = map[string]format{
	"go.mod": {"Go", false, goMod}, "go.sum": {"Go", true, nil},
	"pyproject.toml": {"Python", false, pyproject}, "setup.py": {"Python", false, setupPy}, "setup.cfg": {"Python", false, setupCfg},
	"pipfile": {"Python", false, pipfile}, "pipfile.lock": {"Python", true, pipfileLock}, "poetry.lock": {"Python", true, tomlLock},
	"uv.lock": {"Python", true, tomlLock}, "pdm.lock": {"Python", true, tomlLock}, "pixi.lock": {"Python", true, nil},
	"environment.yml": {"Python", false, conda}, "environment.yaml": {"Python", false, conda}, "conda-lock.yml": {"Python", true, nil},
	"package.json": {"JavaScript", false, packageJSON}, "bower.json": {"JavaScript", false, packageJSON},
	"package-lock.json": {"JavaScript", true, packageLock}, "npm-shrinkwrap.json": {"JavaScript", true, packageLock},
	"yarn.lock": {"JavaScript", true, nil}, "pnpm-lock.yaml": {"JavaScript", true, nil}, "bun.lock": {"JavaScript", true, nil},
	"bun.lockb":     {"JavaScript", true, nil},
	"deno.lock":     {"JavaScript", true, nil},
	"composer.json": {"PHP", false, composer}, "composer.lock": {"PHP", true, composerLock},
	"cargo.toml": {"Rust", false, cargo}, "cargo.lock": {"Rust", true, tomlLock},
	"pom.xml": {"Java", false, pom}, "ivy.xml": {"Java", false, ivy}, "build.gradle": {"Java", false, gradle},
	"build.gradle.kts": {"Java", false, gradle}, "gradle.lockfile": {"Java", true, nil},
	"libs.versions.toml": {"Java", false, versionCatalog}, "build.sbt": {"Java", false, sbt}, "dependencies.scala": {"Java", false, sbt},
	"gemfile": {"Ruby", false, gemfile}, "gemfile.lock": {"Ruby", true, nil},
	"mix.exs": {"Elixir", false, mix}, "mix.lock": {"Elixir", true, nil}, "rebar.config": {"Erlang", false, nil},
	"conanfile.txt": {"C and C++", false, conanfile}, "conanfile.py": {"C and C++", false, nil}, "conan.lock": {"C and C++", true, nil},
	"vcpkg.json":     {"C and C++", false, vcpkg},
	"cmakelists.txt": {"C and C++", false, cmake}, "configure.ac": {"C and C++", false, autoconf},
	"configure.in": {"C and C++", false, autoconf}, "meson.build": {"C and C++", false, meson},
	"packages.config": {".NET", false, msbuild}, "directory.packages.props": {".NET", false, msbuild}, "packages.lock.json": {".NET", true, nil},
	"package.swift": {"Swift", false, nil}, "package.resolved": {"Swift", true, nil}, "podfile": {"Swift", false, nil}, "podfile.lock": {"Swift", true, nil},
	"pubspec.yaml": {"Dart", false, nil}, "pubspec.lock": {"Dart", true, nil},
	"chart.yaml": {"Helm", false, chart}, "chart.lock": {"Helm", true, nil},
	"cpanfile": {"Perl", false, nil}, "makefile.pl": {"Perl", false, nil}, "description": {"R", false, nil}, "renv.lock": {"R", true, nil},
	"stack.yaml": {"Haskell", false, nil}, "flake.nix": {"Nix", false, nil}, "flake.lock": {"Nix", true, nil}, "zkg.meta": {"Zeek", false, nil},
}

// ManifestGlobs are the files in which dependencies are declared, LockGlobs those in which they are locked.
var (
	ManifestGlobs = []string{
		"**/{pyproject.toml,setup.py,setup.cfg,pipfile,environment.y*ml}", "**/*requirements*.{txt,in}", "**/requirement.txt", "**/requirements",
		"**/requirements/*.txt",
		"docker/**/dist/requirements.txt", // what goes into an image, not what was built
		"**/{package.json,bower.json}", "**/composer.json", "**/go.mod", "**/{cargo.toml,cargo.toml.in,setup.py.in,pyproject.toml.in}",
		"**/{pom.xml,ivy.xml,build.gradle,build.gradle.kts,libs.versions.toml,build.sbt}", "project/dependencies.scala",
		"**/{gemfile,*.gemspec}", "**/{mix.exs,rebar.config}", "**/{conanfile.txt,conanfile.py,vcpkg.json,cmakelists.txt,configure.ac,configure.in,meson.build}",
		"**/cmake/{[!f]*,f[!i]*}.cmake",
		"**/{*.csproj,*.fsproj,*.vbproj,packages.config,directory.packages.props}", "**/*.psd1", "**/require*.ps1",
		"**/{package.swift,podfile,pubspec.yaml,cpanfile,makefile.pl,stack.yaml,flake.nix,zkg.meta,chart.yaml,*.cabal,*.opam,*.rockspec}", "description", "**/debian/control",
	}
	LockGlobs = []string{
		"**/{poetry.lock,uv.lock,pdm.lock,pixi.lock,pipfile.lock,conda-lock.yml}",
		"**/{package-lock.json,npm-shrinkwrap.json,yarn.lock,pnpm-lock.yaml,bun.lock,bun.lockb,deno.lock}",
		"**/{composer.lock,go.sum,cargo.lock,cargo.lock.in,gradle.lockfile,gemfile.lock,mix.lock,conan.lock,packages.lock.json,package.resolved,podfile.lock,pubspec.lock,renv.lock,flake.lock,chart.lock}",
	}
)

// EcosystemOf names the ecosystem that a file belongs to by its path, and says whether it is a lock file; "" for any other file.
func EcosystemOf(name string) (ecosystem string, lock bool) {
	f, ok := formatOf(strings.ToLower(name))
	if !ok {
		return "", false
	}
	return f.ecosystem, f.lock
}

// ReadDependencies reads what a manifest or lock file says; nil for a file of another kind or one whose content is not read.
// A file that does not parse has no dependencies.
func ReadDependencies(name, text string) *Dependencies {
	f, ok := formatOf(strings.ToLower(name))
	if !ok || f.read == nil || len(text) > maxLock {
		return nil
	}
	d := &Dependencies{Ecosystem: f.ecosystem, Lock: f.lock}
	f.read(d, text)
	if len(d.List) > maxDependencies {
		d.List = d.List[:maxDependencies]
	}
	if !f.lock && forDevelopment(strings.ToLower(name)) {
		for i := range d.List {
			d.List[i].Dev = true
		}
	}
	return d
}

// forDevelopment reports whether a requirements file by its lower-case path is for tests or for building the documentation.
func forDevelopment(lower string) bool {
	ext := path.Ext(lower)
	return (ext == ".txt" || ext == ".in") && slices.ContainsFunc(strings.Split(strings.TrimSuffix(lower, ext), "/"), developmentName.MatchString)
}

// developmentName matches the names of such files, or of folders that they stand in.
var developmentName = pattern.New(`(?:^|[-_.])(?:dev|devel|develop|development|tests?|testing|docs?|documentation|lint|linting|style|ci)(?:$|[-_.])`)

func (d *Dependencies) add(dep Dependency) {
	if dep.Name = strings.TrimSpace(dep.Name); dep.Name != "" && len(d.List) <= maxDependencies {
		d.List = append(d.List, dep)
	}
}
