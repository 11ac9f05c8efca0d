package manifest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// text renders dependencies as "name version", "=" before what is exact, "dev " before what is for development, licences in brackets.
func (d *Dependencies) text() string {
	var out []string
	for _, dep := range d.List {
		s := dep.Name
		if dep.Version != "" {
			s += " " + dep.Version
		}
		if dep.Exact {
			s = "=" + s
		}
		if dep.Dev {
			s = "dev " + s
		}
		if len(dep.Licenses) > 0 {
			s += fmt.Sprint(dep.Licenses)
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func TestReadDependencies(t *testing.T) {
	for _, tt := range []struct{ file, text, want, runtime string }{
		{"requirements.txt", "flask==2.0.1 \\\n  --hash=sha256:00\n# comment\nredis>=4 # note\n-r other.txt\n-e git+https://example.org/a/b.git@v1#egg=b\nrequests[socks]\n" +
			"pymisp ~= 2.4; python_version > '3'\ngit+https://example.org/c.git@master\n./wheels/x.whl\n",
			"=flask ==2.0.1, redis >=4, =b git+https://example.org/a/b.git@v1#egg=b, requests, pymisp ~= 2.4, c.git@master git+https://example.org/c.git@master, =x.whl ./wheels/x.whl", ""},
		{"bots/x/REQUIREMENTS.txt", "pika>=1.0\n", "pika >=1.0", ""},
		{"requirements/base.txt", "six\n", "six", ""},
		{"pyproject.toml", "[project]\nrequires-python = \">=3.9\"\ndependencies = [\"flask>=2\", \"redis==4.1\"]\n[project.optional-dependencies]\npg = [\"psycopg\"]\n[dependency-groups]\ndev = [\"pytest\"]\n",
			"flask >=2, =redis ==4.1, psycopg, dev pytest", "python >=3.9"},
		{"pyproject.toml", "[tool.poetry.dependencies]\npython = \"^3.8\"\nredis = {version = \"^4\", extras = [\"x\"]}\nrich = \"13.1.0\"\n[tool.poetry.group.dev.dependencies]\npytest = \"*\"\n",
			"redis ^4, =rich 13.1.0, dev pytest *", "python ^3.8"},
		{"pyproject.toml", "[tool.black]\nline-length = 100\n", "", ""},
		{"pyproject.toml", "[broken", "", ""},
		{"setup.cfg", "[metadata]\nname = x\n[options]\npython_requires = >=3.7\ninstall_requires =\n    redis>=4\n    boto3\n[options.extras_require]\ndev = pytest\n", "redis >=4, boto3, pytest", "python >=3.7"},
		{"setup.py", "from setuptools import setup\nREQS = ['not-seen']\nsetup(\n  name='x',\n  python_requires='>=3.6',\n  install_requires=['redis>=4',  # fast\n    \"bo\"\n    \"to3\"],\n  extras_require={'a': 'six'},\n)\nprint('x')\n",
			"redis >=4, boto3, six", "python >=3.6"},
		{"REQUIREMENTS", "valkey\n", "valkey", ""},
		{"RequiredVersions.ps1", "$List = @(\n  @{\n    ModuleName = 'Example.Graph'\n    ModuleVersion = [version] '2.0.0'\n    MaximumVersion = [version] '2.25.0'\n  },\n  @{ ModuleName = \"example-yaml\"; RequiredVersion = '0.4.12' } # fast\n)\n",
			"Example.Graph >=2.0.0, =example-yaml 0.4.12", ""},
		{"src/Example.psd1", "@{\nModuleVersion = '1.8.0'\n# RequiredModules = @('Old')\n<#\nRequiredModules = 'Older'\n#>\nRequiredModules = @('Example.Auth', @{ModuleName='Example.Teams'; ModuleVersion='4.9'})\n" +
			"PrivateData = @{ PSData = @{ Tags = 'x' } }\n}\n", "Example.Teams >=4.9, Example.Auth", ""},
		{"Example.psd1", "@{\nRequiredModules = 'Example.Auth',\n  'Example.Core'\nFunctionsToExport = @('Get-It')\n}\n", "Example.Auth, Example.Core", ""},
		{"setup.py", "args = dict(\n  name='x',\n  install_requires=['redis==%s' % V['v'], 'boto3'],\n)\nsetup(**args)\n", "redis, boto3", ""},
		{"setup.py", "args = {\n  'name': 'x',\n  'install_requires': ['redis>=4'],\n  'extras_require': {'a': ['six']},\n}\nsetuptools.setup(**args)\n", "redis >=4, six", ""},
		{"setup.py", "REQS = [\n  'redis>=4',  # as in Debian\n  'bo'\n  'to3',\n]\nDEV = make()\nsetup(name='x', install_requires=REQS, tests_require=DEV)\n", "redis >=4, boto3", ""},
		{"setup.py", "def do_setup(**kw):\n  setuptools.setup(**kw)\ndo_setup(name='x', install_requires=['redis'])\n", "redis", ""},
		{"ivy.xml", `<ivy-module><dependencies><dependency org="g" name="a" rev="1.0.0"/></dependencies></ivy-module>`, "=g:a 1.0.0", ""},
		{"Pipfile", "[packages]\nflask = \"*\"\n[dev-packages]\npytest = \"==7.0.0\"\n[requires]\npython_version = \"3.10\"\n", "flask *, =dev pytest ==7.0.0", "python 3.10"},
		{"Pipfile.lock", `{"default":{"flask":{"version":"==2.0"}},"develop":{"pytest":{"version":"==7.0"}}}`, "=flask ==2.0, dev =pytest ==7.0", ""},
		{"poetry.lock", "[[package]]\nname = \"flask\"\nversion = \"2.0\"\n", "=flask 2.0", ""},
		{"environment.yml", "name: x\ndependencies:\n  - python=3.9\n  - numpy=1.20\n  - pip:\n    - redis\n", "=numpy 1.20, redis", "python 3.9"},
		{"package.json", `{"dependencies":{"vue":"^3.0.0","d3":"7.1.0"},"devDependencies":{"vite":"*"},"engines":{"node":">=18"}}`, "=d3 7.1.0, vue ^3.0.0, dev vite *", "node >=18"},
		{"web/package-lock.json", `{"lockfileVersion":3,"packages":{"":{"license":"MIT"},"node_modules/a":{"version":"1.0.0","license":"ISC"},"node_modules/a/node_modules/@b/c":{"version":"2.0.0","dev":true,"licenses":[{"type":"MIT"}]}}}`,
			"=a 1.0.0[ISC], dev =@b/c 2.0.0[MIT]", ""},
		{"composer.json", `{"require":{"php":">=7.4","ext-json":"*","monolog/monolog":"^2.0"},"require-dev":{"phpunit/phpunit":"9.5.0"}}`, "monolog/monolog ^2.0, dev =phpunit/phpunit 9.5.0", "php >=7.4"},
		{"composer.lock", `{"packages":[{"name":"a/b","version":"1.0","license":["MIT"]}],"packages-dev":[{"name":"c/d","version":"2.0","license":["GPL-3.0-only","BSD-3-Clause"]}]}`,
			"=a/b 1.0[MIT], dev =c/d 2.0[GPL-3.0-only BSD-3-Clause]", ""},
		{"go.mod", "module example.org/x\n\ngo 1.22\n\nrequire example.org/y v1.2.3\nrequire example.org/z v1.0.0 // indirect\n", "=example.org/y v1.2.3", "go 1.22"},
		{"Cargo.toml", "[dependencies]\nserde = \"1\"\nrand = { version = \"0.8.5\" }\n[dev-dependencies]\nx = { path = \"../x\" }\n", "=rand 0.8.5, serde 1, dev x ../x", ""},
		{"pom.xml", "<project><properties><java.version>17</java.version></properties><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>1.0</version></dependency>" +
			"<dependency><groupId>g</groupId><artifactId>t</artifactId><version>[1,2)</version><scope>test</scope></dependency>" +
			"<dependency><groupId>g</groupId><artifactId>m</artifactId></dependency></dependencies></project>", "=g:a 1.0, dev g:t [1,2), =g:m", "java 17"},
		{"build.gradle", "plugins { id 'java' }\ndependencies {\n  implementation 'g:a:1.0' // why\n  testImplementation \"g:t:2.+\"\n}\ntask x { print 'a:b:c' }\n", "=g:a 1.0, dev g:t 2.+", ""},
		{"build.sbt", "libraryDependencies ++= Seq(\n  \"org.x\" %% \"core\" % \"1.2\",\n  \"org.y\" % \"z\" % yVersion % Test)\n", "=org.x:core 1.2, org.y:z yVersion", ""},
		{"Gemfile", "ruby '3.1'\ngem 'rails', '~> 7.0'\ngem \"pg\"\n# gem 'no'\n", "rails ~> 7.0, pg", "ruby 3.1"},
		{"x.gemspec", "Gem::Specification.new do |s|\n  s.add_dependency 'json', '2.6.1'\nend\n", "=json 2.6.1", ""},
		{"mix.exs", "defp deps do\n [{:phoenix, \"~> 1.7\"}, {:jason, \"1.4.0\"}]\nend\n", "phoenix ~> 1.7, =jason 1.4.0", ""},
		{"CMakeLists.txt", "find_package(OpenSSL REQUIRED)\n# find_package(No)\nfind_package(Threads)\npkg_check_modules(LZ liblz4)\n", "OpenSSL, liblz4", ""},
		{"cmake/include_libraries.cmake", "find_package(DAQ REQUIRED)\n", "DAQ", ""},
		{"configure.ac", "AC_INIT\nAC_CHECK_LIB(m, cos)\nAC_CHECK_LIB([crypto], EVP_x, [yes])\nPKG_CHECK_MODULES(JANSSON, [jansson])\ndnl AC_CHECK_LIB(no)\n", "crypto, jansson", ""},
		{"meson.build", "project('x', 'c')\nglib = dependency('glib-2.0')\ndependency('threads')\n", "glib-2.0", ""},
		{"debian/control", "Source: x\nBuild-Depends: debhelper (>= 13), libssl-dev [linux-any],\n# comment\n libpcre2-dev\n\nPackage: x\n" +
			"Depends: ${misc:Depends}, expect | python3-pexpect\nDescription: y\n Depends: z\n",
			"dev debhelper, dev libssl-dev, dev libpcre2-dev, expect", ""},
		{"deploy/Chart.yaml", "apiVersion: v2\ndependencies:\n- name: redis\n  version: 20.5.3\n  repository: https://charts.example.org\n- name: common\n  version: ^2.23.0\n",
			"=redis 20.5.3, common ^2.23.0", ""},
		{"Chart.yaml", "apiVersion: v2\nname: tool\n", "", ""},
		{"conanfile.txt", "[requires]\nzlib/1.2.13\n[generators]\ncmake\n", "=zlib 1.2.13", ""},
		{"vcpkg.json", `{"dependencies":["fmt",{"name":"zlib"}]}`, "fmt, zlib", ""},
		{"src/x.csproj", `<Project><ItemGroup><PackageReference Include="YamlDotNet" Version="13.0.0" /></ItemGroup></Project>`, "=YamlDotNet 13.0.0", ""},
	} {
		d := ReadDependencies(tt.file, tt.text)
		if d == nil {
			t.Errorf("%s is not read", tt.file)
			continue
		}
		if got := strings.ReplaceAll(d.text(), "dev =", "=dev "); got != strings.ReplaceAll(tt.want, "dev =", "=dev ") {
			t.Errorf("%s:\n got %s\nwant %s", tt.file, got, tt.want)
		}
		if got := strings.TrimSpace(d.Runtime.Product + " " + d.Runtime.Version); got != tt.runtime {
			t.Errorf("%s: runtime %q, want %q", tt.file, got, tt.runtime)
		}
	}
	if ReadDependencies("README.md", "flask") != nil || ReadDependencies("yarn.lock", "x") != nil {
		t.Error("a file of no known format, or one whose presence alone counts, is read")
	}
}

func TestEcosystemOf(t *testing.T) {
	for file, want := range map[string]string{
		"poetry.lock": "Python true", "N6Lib/requirements-dev.txt": "Python false", "app/Gemfile": "Ruby false", "yarn.lock": "JavaScript true",
		"README.md": " false", "docs/notes.txt": " false", "Tool.csproj": ".NET false",
	} {
		ecosystem, lock := EcosystemOf(file)
		if got := fmt.Sprint(ecosystem, " ", lock); got != want {
			t.Errorf("EcosystemOf(%q) = %q, want %q", file, got, want)
		}
	}
}

func TestDescribe(t *testing.T) {
	for _, tt := range []struct {
		file, text string
		want       Package
	}{
		{"pyproject.toml", "[project]\nlicense = \"AGPL-3.0-or-later\"\nclassifiers = [\"License :: OSI Approved :: MIT License\", \"Topic :: Security\"]\nauthors = [{name = \"Alice\"}]\n",
			Package{[]Field{{"AGPL-3.0-or-later", 2}}, []Field{{"License :: OSI Approved :: MIT License", 3}}, []Field{{"Alice", 4}}}},
		{"pyproject.toml", "[project]\nlicense = {text = \"BSD\"}\n", Package{Licenses: []Field{{"BSD", 2}}}},
		{"pyproject.toml", "[tool.poetry]\nlicense = \"MIT\"\nauthors = [\"Alice <alice@example.org>\"]\n", Package{Licenses: []Field{{"MIT", 2}}, Authors: []Field{{"Alice", 3}}}},
		{"setup.cfg", "[metadata]\nlicense = BSD-3-Clause\nclassifiers =\n  License :: OSI Approved :: BSD License\n", Package{Licenses: []Field{{"BSD-3-Clause", 2}}, Classifiers: []Field{{"License :: OSI Approved :: BSD License", 4}}}},
		{"setup.py", "setup(\n license=\"AGPLv3\",\n classifiers=['License :: OSI Approved :: GNU Affero General Public License v3'],\n author='Alice')\n",
			Package{[]Field{{"AGPLv3", 2}}, []Field{{"License :: OSI Approved :: GNU Affero General Public License v3", 3}}, []Field{{"Alice", 4}}}},
		{"package.json", "{\n\"license\": {\"type\": \"MIT\"},\n\"author\": \"Alice <alice@example.org>\"}", Package{Licenses: []Field{{"MIT", 2}}, Authors: []Field{{"Alice", 3}}}},
		{"codemeta.json", "{\n\"license\": \"https://spdx.org/licenses/EUPL-1.2\"}", Package{Licenses: []Field{{"EUPL-1.2", 2}}}},
		{"Cargo.toml", "[package]\nlicense = \"MIT/Apache-2.0\"\n", Package{Licenses: []Field{{"MIT OR Apache-2.0", 2}}}},
		{"pom.xml", "<project>\n<licenses><license>\n<name>Apache-2.0</name></license></licenses></project>", Package{Licenses: []Field{{"Apache-2.0", 3}}}},
		{"publiccode.yml", "legal:\n  license: EUPL-1.2\n", Package{Licenses: []Field{{"EUPL-1.2", 2}}}},
		{"CITATION.cff", "license:\n  - MIT\n  - GPL-3.0-only\n", Package{Licenses: []Field{{"MIT", 2}, {"GPL-3.0-only", 3}}}},
		{"README.md", "license: MIT", Package{}},
	} {
		if got := Describe(tt.file, tt.text); !reflect.DeepEqual(*got, tt.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", tt.file, *got, tt.want)
		}
	}
}

func FuzzReadDependencies(f *testing.F) {
	for name := range formats {
		f.Add(name, "[a]\nb = \"1\"\n{\"a\": 'x\n(\"")
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		if len(text) > 1<<12 {
			return
		}
		Describe(name, text)
		if d := ReadDependencies(name, text); d != nil {
			for _, dep := range d.List {
				if dep.Name == "" || dep.Line < 0 {
					t.Errorf("%s: dependency %+v", name, dep)
				}
			}
		}
	})
}
