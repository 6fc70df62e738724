//! The JVM: JUnit, TestNG, ScalaTest and others, as Maven, Gradle, sbt and their own runners report them.
//!
//! Tests of JUnit and TestNG are one family, `junit`, whoever runs them, so that a failure has one fingerprint in Surefire's
//! console, in Gradle's, in the console launcher's and in JUnit XML. Compilers are the family `javac`.

mod console;
mod dialects;
mod gradle;
mod javac;
mod junit4;
mod level;
mod maven;
mod names;
mod sbt;
mod scalatest;
mod specs2;
mod surefire;
mod testng;
mod throwable;

use crate::recognizer::Recognizer;
use crate::report::Dialect;

/// The recognisers of this family.
pub(crate) fn all() -> Vec<Box<dyn Recognizer>> {
    vec![
        Box::new(surefire::Surefire::default()),
        Box::new(maven::Maven::default()),
        Box::new(gradle::Gradle::default()),
        Box::new(javac::Javac::default()),
        Box::new(junit4::JUnit4::default()),
        Box::new(console::Console::default()),
        Box::new(testng::TestNg::default()),
        Box::new(scalatest::ScalaTest::default()),
        Box::new(sbt::Sbt::default()),
        Box::new(specs2::Specs2::default()),
    ]
}

/// The reports of this family.
pub(crate) const DIALECTS: &[Dialect] = dialects::DIALECTS;
