package check

import (
	"testing"
	"time"

	"misp-csirt-tooling/internal/manifest"
)

func TestRuntimeEnded(t *testing.T) {
	now := time.Date(2026, 8, 22, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		product, version string
		ended            bool
	}{
		{"python", ">=3.6", false}, {"python", "2.7", true}, {"python", "<3", true}, {"python", ">=2.7,<3.0", true}, {"python", "^3.8", false},
		{"python", "~=3.8", false}, {"python", ">=3.7,<3.10", true}, {"python", "3.11", false}, {"python", "==3.7.*", true}, {"python", "*", false}, {"python", "", false},
		{"python", ">=2.7, !=3.0.*, !=3.1.*", false},
		{"php", ">=8.1.0,<9.0.0", false}, {"php", "^7.2", true}, {"php", ">=7.2,<8.0", true}, {"php", "^7.4 || ^8.0", false}, {"php", "~7.4", true},
		{"node", ">=18", false}, {"node", "14.x", true}, {"node", "^16.13.0", true}, {"node", "^16 || >=20", false}, {"node", "22", false}, {"node", "23", true}, {"node", ">=23", false}, {"php", "5.4", true}, {"python", "3.2", true},
		{"ruby", "2.7.4", true}, {"ruby", "~> 3.3", false},
		{"go", "1.12", false},
	} {
		if _, ended := runtimeEnded(manifest.Runtime{Product: tt.product, Version: tt.version}, now); ended != tt.ended {
			t.Errorf("runtimeEnded(%s %q) = %v", tt.product, tt.version, ended)
		}
	}
	before := time.Date(2019, 12, 31, 0, 0, 0, 0, time.UTC)
	if _, ended := runtimeEnded(manifest.Runtime{Product: "python", Version: "2.7"}, before); ended {
		t.Error("Python 2.7 was at its end before 2020")
	}
}

func TestImageEnded(t *testing.T) {
	now := time.Date(2026, 8, 22, 0, 0, 0, 0, time.UTC)
	for tag, want := range map[string]bool{"2.7-slim": true, "3.9": true, "3.11-alpine": false, "3": false, "3-slim": false, "slim": false, "": false, "latest": false} {
		if _, ended := imageEnded(manifest.Image{Name: "python", Tag: tag}, now); ended != want {
			t.Errorf("imageEnded(python:%s) = %v", tag, ended)
		}
	}
}

func TestProductEnded(t *testing.T) {
	now := time.Date(2026, 8, 22, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		ecosystem, name, version string
		ended                    bool
	}{
		{"JavaScript", "angular", "~1.8.0", true}, {"JavaScript", "angular", "1.7.9", true}, {"JavaScript", "vue", "^3.2.0", false}, {"JavaScript", "vue", "^2.7.0", true},
		{"Python", "Flask", "==2.1.1", true}, {"Python", "flask", ">=2.0", false}, {"Python", "flask", "", false}, {"Python", "MySQL-python", "", true},
		{"PHP", "cakephp/cakephp", "^2.10", true}, {"Python", "flask", "==3.0.1", false},
		{"Python", "django", ">=3.2,<6.0", false}, {"Python", "django", ">=3.2,<5.0", true}, {"Python", "django", ">=3.2,<4.0", true},
		{"Python", "django", "~=5.2", false}, {"PHP", "laravel/framework", "^11.0", true}, {"PHP", "laravel/framework", "^12.0", false}, {"JavaScript", "vue", "^2.6 || ^3.0", false}, {"Python", "redis", "==2.0", false},
	} {
		if got := productEnded(tt.ecosystem, manifest.Dependency{Name: tt.name, Version: tt.version}, now); got != tt.ended {
			t.Errorf("productEnded(%s %s) = %v", tt.name, tt.version, got)
		}
	}
}
