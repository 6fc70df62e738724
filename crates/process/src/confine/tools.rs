//! Where toolchains live in a home, and what of them a child may read.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::confine::allowed::Allowed;
use crate::confine::plan::Access;
use crate::shim::spec::ChildCommand;

/// A toolchain or package store in a home.
struct ToolHome {
    /// The variable that says where it is. Set for the child if it is not set and the default exists.
    variable: Option<&'static str>,
    /// Where it is beneath the home otherwise.
    default: &'static str,
    /// What of it may be read; all of it if empty. Never credentials.
    parts: &'static [&'static str],
}

const fn tool(
    variable: &'static str,
    default: &'static str,
    parts: &'static [&'static str],
) -> ToolHome {
    ToolHome {
        variable: Some(variable),
        default,
        parts,
    }
}

const fn store(default: &'static str, parts: &'static [&'static str]) -> ToolHome {
    ToolHome {
        variable: None,
        default,
        parts,
    }
}

/// The known ones. What a tool writes (build caches, package downloads) goes to the private home instead, and is empty there.
const TOOL_HOMES: &[ToolHome] = &[
    // https://doc.rust-lang.org/cargo/guide/cargo-home.html; `credentials.toml` is left out. Cargo does without its lock where it may
    // not write it.
    tool(
        "CARGO_HOME",
        ".cargo",
        &["bin", "config", "config.toml", "env", "git", "registry"],
    ),
    tool("RUSTUP_HOME", ".rustup", &[]),
    // https://go.dev/ref/mod#module-cache
    tool("GOMODCACHE", "go/pkg/mod", &[]),
    store("go/bin", &[]),
    store("sdk", &[]),
    tool("PYENV_ROOT", ".pyenv", &[]),
    // https://docs.python.org/3/using/cmdline.html#envvar-PYTHONUSERBASE
    tool("PYTHONUSERBASE", ".local", &["bin", "lib"]),
    tool("UV_PYTHON_INSTALL_DIR", ".local/share/uv/python", &[]),
    tool("UV_TOOL_DIR", ".local/share/uv/tools", &[]),
    tool("RBENV_ROOT", ".rbenv", &[]),
    store(".gem/ruby", &[]),
    tool("NVM_DIR", ".nvm", &[]),
    tool("VOLTA_HOME", ".volta", &[]),
    tool("FNM_DIR", ".local/share/fnm", &[]),
    tool("BUN_INSTALL", ".bun", &["bin", "install/global"]),
    store(".npm-global", &["bin", "lib"]),
    tool("PNPM_HOME", ".local/share/pnpm", &[]),
    tool(
        "SDKMAN_DIR",
        ".sdkman",
        &["bin", "candidates", "etc", "libexec", "src"],
    ),
    store(".m2", &["repository", "wrapper"]),
    store(".gradle", &["wrapper"]),
    // https://docs.gradle.org/current/userguide/dependency_caching.html, "shared read-only cache"
    tool("GRADLE_RO_DEP_CACHE", ".gradle/caches", &["modules-2"]),
    tool("ASDF_DATA_DIR", ".asdf", &[]),
    tool("MISE_DATA_DIR", ".local/share/mise", &[]),
    tool("NUGET_PACKAGES", ".nuget/packages", &[]),
    tool("DOTNET_ROOT", ".dotnet", &[]),
    store(".ghcup", &[]),
    store(".juliaup", &[]),
    store(".nix-profile", &[]),
];

/// Variables that name an installation.
const INSTALLATIONS: &[&str] = &[
    "CONDA_PREFIX",
    "GOROOT",
    "JAVA_HOME",
    "JDK_HOME",
    "M2_HOME",
    "MAVEN_HOME",
    "NODE_PATH",
    "VIRTUAL_ENV",
];

/// What belongs to a directory of programs and lies beside it.
const BESIDE_PROGRAMS: &[&str] = &["include", "lib", "lib64", "libexec", "pyvenv.cfg"];

/// Allows reading the toolchains of the command: those in its `PATH`, those its variables name, and those in its home. Sets the variables
/// of the latter, since the home will be another.
pub(super) fn allow(allowed: &mut Allowed, command: &mut ChildCommand) {
    if let Some(path) = command.environment.get(OsStr::new("PATH")) {
        for directory in std::env::split_paths(path).filter(|path| path.is_absolute()) {
            allow_programs(allowed, &directory);
        }
    }
    for name in INSTALLATIONS {
        if let Some(path) = command.environment.get(OsStr::new(name))
            && Path::new(path).is_absolute()
        {
            allowed.offer_directory(Path::new(path));
        }
    }
    let home = allowed.home();
    for tool in TOOL_HOMES {
        allow_tool(allowed, command, tool, home.as_deref());
    }
}

fn allow_programs(allowed: &mut Allowed, directory: &Path) {
    allowed.offer_directory(directory);
    if directory.ends_with("bin")
        && let Some(parent) = directory.parent()
    {
        for name in BESIDE_PROGRAMS {
            allowed.offer_directory(&parent.join(name));
        }
    }
}

fn allow_tool(
    allowed: &mut Allowed,
    command: &mut ChildCommand,
    tool: &ToolHome,
    home: Option<&Path>,
) {
    let named = tool
        .variable
        .and_then(|name| command.environment.get(OsStr::new(name)))
        .map(PathBuf::from);
    let is_named = named.is_some();
    let Some(path) = named.or_else(|| home.map(|home| home.join(tool.default))) else {
        return;
    };
    if !path.is_absolute() || !path.is_dir() {
        return;
    }
    if tool.parts.is_empty() {
        allowed.offer_directory(&path);
    }
    for part in tool.parts {
        allowed.offer(&path.join(part), Access::Read);
    }
    if let (Some(name), false) = (tool.variable, is_named) {
        command.environment.insert(name.into(), path.into());
    }
}
