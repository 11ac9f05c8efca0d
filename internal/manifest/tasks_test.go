package manifest

import (
	"reflect"
	"testing"
)

func TestTasks(t *testing.T) {
	for _, c := range []struct {
		file, text string
		want       Tasks
	}{
		{"Makefile", "X := a:b\nall: lint scan # both\n\nlint:\n\t@go vet ./...\n\t-true\nX = 1\n\tnot a recipe\n", Tasks{"all": "make lint scan # both\n", "lint": "go vet ./...\ntrue\n"}},
		{"tox.ini", "[testenv]\ncommands = pytest\n[testenv:scan]\ndeps = bandit\ncommands =\n  bandit -r src\n", Tasks{"scan": "bandit -r src\n"}},
		{"noxfile.py", "@nox.session\n@nox.parametrize('x', [1])\ndef scan(session):\n    session.run('bandit', \"-r\", SRC)\n", Tasks{"scan": "bandit -r \n"}},
		{"package.json", `{"scripts": {"scan": "npm audit", "odd": 1}}`, Tasks{"scan": "npm audit"}},
		{"composer.json", `{"scripts": {"scan": ["composer audit", "@other"]}}`, Tasks{"scan": "composer audit\n@other\n"}},
		{"package.json", `{`, nil},
		{"README.md", "all: lint", nil},
	} {
		if got := ReadTasks(c.file, c.text); !reflect.DeepEqual(got, c.want) {
			t.Errorf("ReadTasks(%s) = %q, want %q", c.file, got, c.want)
		}
	}
}

func TestTasksCalled(t *testing.T) {
	tasks := Tasks{"ci": "make lint scan", "lint": "vet", "scan": "bandit", "loop": "make loop", "audit": "npm audit"}
	for run, want := range map[string][]string{
		"make -j2 ci":                     {"make lint scan", "vet", "bandit"},
		"cd web && npm run audit":         {"npm audit"},
		"tox -e py313,scan":               {"bandit"},
		"tox -e ${{ matrix.env }}":        {"vet"},
		"nox":                             {"vet"},
		"make loop":                       {"make loop"},
		"echo lint; cmake scan":           nil,
		"python -m nox --session=scan":    {"bandit"},
		"remake lint":                     nil,
		"poetry run tox -e lint && false": {"vet"},
	} {
		if got := tasks.Called(run, []string{"lint"}); !reflect.DeepEqual(got, want) {
			t.Errorf("Called(%q) = %q, want %q", run, got, want)
		}
	}
}

func FuzzReadTasks(f *testing.F) {
	f.Add("Makefile", "a: b\n\tc\n")
	f.Add("tox.ini", "[testenv:a]\ncommands = b\n")
	f.Add("noxfile.py", "@nox.session\ndef a(session):\n    session.run('b')\n")
	f.Add("package.json", `{"scripts": {"a": "npm run a"}}`)
	f.Fuzz(func(t *testing.T, file, text string) {
		tasks := ReadTasks(file, text)
		if called := tasks.Called(text, []string{"a"}); len(called) > maxTasks {
			t.Errorf("%d tasks are called", len(called))
		}
	})
}
