//! The recognisers, one module per framework family.

mod bazel;
mod cpp;
mod dotnet;
mod elixir;
pub(crate) mod go;
mod infra;
mod js;
mod jvm;
mod listed;
mod mozilla;
mod php;
pub(crate) mod pytest;
mod python;
mod ruby;
mod runner;
pub(crate) mod rust;
mod swift;
mod tap;

use crate::recognizer::Recognizer;
use crate::report::{Counted, Dialect};

/// All recognisers, in the order in which they see a line.
pub(crate) fn all() -> Vec<Box<dyn Recognizer>> {
    let mut all: Vec<Box<dyn Recognizer>> = vec![
        Box::new(go::Go::default()),
        Box::new(rust::Rust::default()),
        Box::new(pytest::Pytest::default()),
    ];
    all.extend(
        [
            python::all(),
            js::all(),
            jvm::all(),
            dotnet::all(),
            cpp::all(),
            bazel::all(),
            swift::all(),
            ruby::all(),
            php::all(),
            elixir::all(),
            tap::all(),
            mozilla::all(),
            infra::all(),
        ]
        .into_iter()
        .flatten(),
    );
    all.push(Box::new(runner::Runner));
    all
}

/// How the tools that are known write JUnit XML.
pub(crate) fn dialects() -> impl Iterator<Item = Dialect> {
    [
        python::DIALECTS,
        js::DIALECTS,
        jvm::DIALECTS,
        dotnet::DIALECTS,
        cpp::DIALECTS,
        bazel::DIALECTS,
        swift::DIALECTS,
        ruby::DIALECTS,
        php::DIALECTS,
        elixir::DIALECTS,
        tap::DIALECTS,
        mozilla::DIALECTS,
        infra::DIALECTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The tools whose JUnit XML has totals of something else than its cases.
pub(crate) fn counting_otherwise() -> impl Iterator<Item = (Dialect, Counted)> {
    cpp::COUNTING_OTHERWISE.iter().copied()
}
