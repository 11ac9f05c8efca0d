package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"misp-csirt-tooling/internal/catalog"
)

//go:generate go test . -run TestReadme -update

var update = flag.Bool("update", false, "rewrite what is rendered")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"misp-csirt-tooling": main, "bare-server": bare})
}

// TestScripts runs the program as users do: testdata/*.txtar.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			// The repositories that scripts make are the same in each run.
			e.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(e.WorkDir, ".gitconfig"))
			for _, who := range []string{"AUTHOR", "COMMITTER"} {
				e.Setenv("GIT_"+who+"_NAME", "Example "+strings.ToLower(who))
				e.Setenv("GIT_"+who+"_EMAIL", strings.ToLower(who)+"@example.org")
				e.Setenv("GIT_"+who+"_DATE", "2026-08-01T12:00:00+02:00")
			}
			return os.WriteFile(filepath.Join(e.WorkDir, ".gitconfig"), []byte("[init]\ndefaultBranch = main\n"), 0o600)
		},
	})
}

// TestReadme holds the tables of the README to what they are rendered from.
func TestReadme(t *testing.T) {
	name := filepath.Join("..", "..", "README.md")
	old, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	tables := catalog.Tables()
	tables["options"] = optionsTable()
	for table := range tables {
		if !strings.Contains(string(old), "<!-- table:"+table+" -->") {
			t.Errorf("README.md has no table %s", table)
		}
	}
	fresh, err := catalog.Fill(string(old), tables)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(name, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if fresh != string(old) {
		t.Error("the tables of README.md are stale: run go generate ./...")
	}
}

func optionsTable() string {
	var rows [][]string
	for i := range options {
		o := &options[i]
		commands := strings.ReplaceAll(o.commands, " ", ", ")
		standard := ""
		if o.standard != "" {
			standard = "`" + o.standard + "`"
		}
		rows = append(rows, []string{"`" + strings.TrimSpace("--"+o.name+" "+o.value) + "`", commands, standard, o.help})
	}
	return catalog.Table([]string{"Option", "Commands", "Default", ""}, rows)
}

func TestOptions(t *testing.T) {
	seen := map[string]bool{}
	for i := range options {
		o := &options[i]
		for _, command := range strings.Fields(o.commands) {
			if seen[command+" "+o.name] {
				t.Errorf("%s has --%s twice", command, o.name)
			}
			seen[command+" "+o.name] = true
		}
		if !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(o.name) || o.help == "" || o.set == nil {
			t.Errorf("--%s is not complete", o.name)
		}
		if o.standard != "" {
			if err := o.set(&config{}, o.standard); err != nil {
				t.Errorf("--%s does not take its own default: %v", o.name, err)
			}
		}
	}
}

// TestSettings says where the value of an option comes from.
func TestSettings(t *testing.T) {
	tests := []struct {
		name string
		args []string
		env  map[string]string
		want string // in the output or the error
		code int
	}{
		{"default", []string{"criteria"}, nil, "must    source-history", 0},
		{"environment", []string{"criteria"}, map[string]string{"MISP_CSIRT_TOOLING_FORMAT": "json"}, `"criterion": "source-history"`, 0},
		{"command line wins", []string{"criteria", "--format", "text"}, map[string]string{"MISP_CSIRT_TOOLING_FORMAT": "json"}, "must    source-history", 0},
		{"wrong choice", []string{"criteria", "--format", "misp"}, nil, "want text, json", 2},
		{"wrong environment", []string{"criteria"}, map[string]string{"MISP_CSIRT_TOOLING_FORMAT": "xml"}, "MISP_CSIRT_TOOLING_FORMAT", 2},
		{"wrong number", []string{"assess", "--jobs", "0", "."}, nil, "want a number", 2},
		{"wrong duration", []string{"assess", "--limit", "soon", "."}, nil, "want a duration", 2},
		{"wrong time", []string{"assess", "--as-of", "yesterday", "."}, nil, "--as-of", 2},
		{"wrong host", []string{"assess", "--allow-host", "https://git.example.org", "."}, nil, "--allow-host", 2},
		{"no repository", []string{"assess"}, nil, "name a repository", 2},
		{"repositories in two ways", []string{"assess", "--from", "list", "."}, nil, "--from names the repositories", 2},
		{"list in the environment", []string{"assess"}, map[string]string{"MISP_CSIRT_TOOLING_FROM": "no-list"}, "--from: open no-list", 2},
		{"list in the environment beside a repository", []string{"assess", "."}, map[string]string{"MISP_CSIRT_TOOLING_FROM": "no-list"}, "leave out", 2},
		{"no argument", []string{"resolve"}, nil, "requires at least 1 arg", 2},
		{"no catalogue for assess", []string{"assess", "--catalogue", "nowhere.yaml", "."}, nil, "--catalogue: open nowhere.yaml", 2},
		{"no catalogue", []string{"resolve", "--catalogue", "nowhere.yaml", "MISP"}, nil, "--catalogue: open nowhere.yaml", 2},
		{"no command", nil, nil, "a command is missing", 2},
		{"unknown command", []string{"judge"}, nil, "unknown command", 2},
		{"unknown option", []string{"criteria", "--colour"}, nil, "unknown flag", 2},
		{"version", []string{"version"}, nil, "criteria 1", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			err := run(t.Context(), tt.args, func(name string) string { return tt.env[name] }, &out, &errs)
			said := out.String()
			if err != nil {
				said = err.Error()
			}
			if exitCode(err) != tt.code || !strings.Contains(said, tt.want) {
				t.Errorf("exit code %d, want %d; said %.300s, want %s", exitCode(err), tt.code, said, tt.want)
			}
		})
	}
}
