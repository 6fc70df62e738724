//! .NET: xunit, NUnit and MSTest through VSTest and Microsoft.Testing.Platform, and MSBuild.
//!
//! The three frameworks are one family: VSTest prints their tests in one form, and which of them ran is not said.

mod message;
mod msbuild;
mod platform;
mod vstest;

use crate::kind::Framework;
use crate::recognizer::Recognizer;
use crate::report::Dialect;

pub(super) const DOTNET: Framework = Framework::new("dotnet-test", "dotnet");

/// The recognisers of this family.
pub(crate) fn all() -> Vec<Box<dyn Recognizer>> {
    vec![
        Box::new(vstest::VsTest::default()),
        Box::new(platform::Platform::default()),
        Box::new(msbuild::MsBuild),
    ]
}

/// The reports of this family.
pub(crate) const DIALECTS: &[Dialect] = &[Dialect {
    wrote: message::wrote,
    finding: message::finding,
}];
