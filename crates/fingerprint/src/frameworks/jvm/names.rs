//! Names of tests: `package.Class.method`, with parameters behind the method, whatever the reporter makes of them.

/// The canonical name of what a reporter calls `name`, in `class` where it is told apart.
///
/// Surefire writes `method(package.Class)` up to 2.x, `package.Class.method` since 3.0, and `method` alone for JUnit 5
/// in 2.22, where the heading above names the class; it put parameters' types into braces there.
pub(super) fn canonical(name: &str, class: Option<&str>) -> String {
    let name = name.trim();
    let class = class.map(str::trim).filter(|class| !class.is_empty());
    if let Some((method, inner)) = class_in_parentheses(name, class) {
        return match method
            .strip_prefix(inner)
            .map(|rest| rest.strip_prefix('.'))
        {
            Some(Some(method)) => format!("{inner}.{}", method_name(method)),
            _ => format!("{inner}.{}", method_name(method)),
        };
    }
    match class {
        Some(class) if name == class => class.to_owned(),
        Some(class) if !is_qualified(name) && !starts_with_class(name, class) => {
            format!("{class}.{}", method_name(name))
        }
        _ => method_name(name),
    }
}

/// A method without empty parentheses, with parentheses for the braces of Surefire 2.22.
pub(super) fn method_name(name: &str) -> String {
    let name = name.strip_suffix("()").unwrap_or(name);
    let Some(open) = name.find(['{', '(', '[', ' ']) else {
        return name.to_owned();
    };
    if name[open..].starts_with('{')
        && let Some(close) = name[open..].find('}')
    {
        let types = &name[open + 1..open + close];
        let rest = &name[open + close + 1..];
        return if types.is_empty() {
            format!("{}{rest}", &name[..open])
        } else {
            format!("{}({types}){rest}", &name[..open])
        };
    }
    if let Some(rest) = name[open..].strip_prefix("()") {
        return format!("{}{rest}", &name[..open]);
    }
    name.to_owned()
}

/// `method(package.Class)`, apart.
fn class_in_parentheses<'a>(name: &'a str, class: Option<&str>) -> Option<(&'a str, &'a str)> {
    let body = name.strip_suffix(')')?;
    let open = body.rfind('(')?;
    let inner = &body[open + 1..];
    let method = body[..open].trim_end();
    let is_class = class == Some(inner) || is_class_name(inner);
    (is_class && !method.is_empty()).then_some((method, inner))
}

/// A class with its package: parts of lower case, then one that begins with a capital.
pub(super) fn is_class_name(text: &str) -> bool {
    let mut parts = text.split('.').peekable();
    let mut count = 0;
    while let Some(part) = parts.next() {
        let is_identifier = !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_alphanumeric() || c == '_' || c == '$')
            && !part.starts_with(|c: char| c.is_ascii_digit());
        if !is_identifier {
            return false;
        }
        count += 1;
        if parts.peek().is_none() {
            return count > 1 && part.starts_with(char::is_uppercase) && !is_java_type(text);
        }
    }
    false
}

/// Parameters' types look like classes: `opens(java.lang.String)` is a method with a parameter.
fn is_java_type(text: &str) -> bool {
    text.starts_with("java.") || text.starts_with("javax.")
}

/// Whether the name begins with a package and a class of its own.
fn is_qualified(name: &str) -> bool {
    let end = name.find(['(', '[', '{', ' ']).unwrap_or(name.len());
    let head = &name[..end];
    head.rsplit_once('.')
        .is_some_and(|(class, _)| is_class_name(class) || is_class_name(head))
}

fn starts_with_class(name: &str, class: &str) -> bool {
    name.strip_prefix(class)
        .is_some_and(|rest| rest.starts_with('.'))
}

/// The last part of a class's name.
pub(super) fn simple(class: &str) -> &str {
    class.rsplit('.').next().unwrap_or(class)
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn every_form_gives_one_name() {
        let class = Some("com.shop.CartTest");
        for (name, class) in [
            ("adds(com.shop.CartTest)", None),
            ("adds(com.shop.CartTest)", class),
            ("adds", class),
            ("adds()", class),
            ("com.shop.CartTest.adds", class),
            ("com.shop.CartTest.adds", None),
            ("com.shop.CartTest.adds(com.shop.CartTest)", None),
        ] {
            assert_eq!(canonical(name, class), "com.shop.CartTest.adds", "{name}");
        }
        for name in [
            "pays{int}[2]",
            "pays(int)[2]",
            "com.shop.CartTest.pays(int)[2]",
        ] {
            assert_eq!(canonical(name, class), "com.shop.CartTest.pays(int)[2]");
        }
        assert_eq!(
            canonical("opens(java.lang.String)", class),
            "com.shop.CartTest.opens(java.lang.String)"
        );
        assert_eq!(canonical("com.shop.CartTest", class), "com.shop.CartTest");
        assert_eq!(
            canonical("pays[0: a.B](com.shop.CartTest)", None),
            "com.shop.CartTest.pays[0: a.B]"
        );
    }
}
