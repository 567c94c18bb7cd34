//! From a definition's snapshot to a program.

use super::defect;
use super::discriminator;
use super::inherited::unsliced;
use super::node::{Bound, Key, Node, NodeIndex, Shape, Type};
use super::place::Place;
use super::{Expected, Program, Programs, Test, Trail};
use crate::profile::{
    Definition, Discriminator, DiscriminatorKind, Element, Invariant, Kind, Strength, TypeReference,
};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// Compiles a definition.
pub(super) fn compile(definition: &Arc<Definition>, programs: &Programs) -> Program {
    let mut arena = Arena {
        definition,
        programs,
        nodes: Vec::with_capacity(definition.elements.len()),
        sources: Vec::new(),
        by_id: HashMap::new(),
    };
    for (index, element) in definition.elements.iter().enumerate() {
        arena.add(index, element);
    }
    arena.link_content();
    arena.link_slices();
    arena.index_keys();
    arena.shrink();
    let rule = |expression: &String| {
        programs.common().rule(&Invariant {
            key: "context-invariant".to_owned(),
            is_error: true,
            is_best_practice: false,
            expression: expression.clone(),
        })
    };
    Program {
        url: Arc::from(definition.url.as_str()),
        type_name: definition.type_name.clone(),
        kind: definition.kind,
        derivation: definition.derivation,
        is_abstract: definition.is_abstract,
        is_modifier: definition
            .elements
            .first()
            .is_some_and(|root| root.is_modifier),
        base: definition.base.clone(),
        contexts: defect::contexts(definition),
        context_rules: definition.context_invariants.iter().map(rule).collect(),
        nodes: arena.nodes,
    }
}

struct Arena<'d> {
    definition: &'d Arc<Definition>,
    programs: &'d Programs,
    nodes: Vec<Node>,
    /// For each node, the element it came from; none for what the snapshot leaves out.
    sources: Vec<Option<usize>>,
    by_id: HashMap<String, NodeIndex>,
}

impl Arena<'_> {
    fn add(&mut self, index: usize, element: &Element) {
        let id = if element.id.is_empty() {
            &element.path
        } else {
            &element.id
        };
        let Some((parent, last)) = split(id, &element.path) else {
            if self.nodes.is_empty() {
                self.push(id.clone(), element, Some(index));
            }
            return;
        };
        let Some(&parent_node) = self.by_id.get(parent) else {
            return;
        };
        let Some((name, slice)) = last.split_once(':') else {
            let node = self.push(id.clone(), element, Some(index));
            self.nodes[parent_node as usize].children.push(node);
            return;
        };
        let plain = format!("{parent}.{name}");
        let base = match slice.rsplit_once('/') {
            Some((outer, _)) => self
                .by_id
                .get(&format!("{plain}:{outer}"))
                .or_else(|| self.by_id.get(&plain)),
            None => self.by_id.get(&plain),
        };
        let base = match base {
            Some(base) => *base,
            None => {
                let parent_element = self.sources[parent_node as usize]
                    .and_then(|source| self.definition.elements.get(source));
                let definitions = self.programs.definitions();
                let found = unsliced(self.definition, element, parent_element, definitions);
                let base = self.push(plain, found.as_ref().unwrap_or(element), None);
                self.nodes[base as usize].slice_name = Box::default();
                self.nodes[parent_node as usize].children.push(base);
                if found.is_none() {
                    // Nobody knows the unsliced element: the slice stands for it.
                    self.by_id.insert(id.clone(), base);
                    self.sources[base as usize] = Some(index);
                    return;
                }
                base
            }
        };
        let node = self.push(id.clone(), element, Some(index));
        self.nodes[node as usize].slice_name = slice.into();
        self.nodes[base as usize].slices.push(node);
    }

    fn push(&mut self, id: String, element: &Element, source: Option<usize>) -> NodeIndex {
        let node = self.node(&id, element);
        let index = NodeIndex::try_from(self.nodes.len()).unwrap_or(NodeIndex::MAX);
        self.nodes.push(node);
        self.sources.push(source);
        self.by_id.insert(id, index);
        index
    }

    fn node(&self, id: &str, element: &Element) -> Node {
        let last = element.path.rsplit('.').next().unwrap_or(&element.path);

        let common = self.programs.common();
        let is_root = !element.path.contains('.');
        Node {
            id: common.word(id),
            name: common.word(last.trim_end_matches("[x]")),
            slice_name: element.slice_name.as_deref().unwrap_or_default().into(),
            path: common.word(&element.path.replace("[x]", "")),
            is_choice: last.ends_with("[x]"),
            is_array: !is_root && element.base_max.is_none_or(|most| most > 1),
            min: element.min,
            max: element.max,
            types: element.types.iter().map(|kind| self.kind(kind)).collect(),
            slicing: element.slicing.as_ref().map(|slicing| slicing.rules),
            is_ordered: element
                .slicing
                .as_ref()
                .is_some_and(|slicing| slicing.is_ordered),
            expected: match (&element.fixed, &element.pattern) {
                (Some(fixed), _) => Some(Box::new(Expected::Fixed(fixed.clone()))),
                (None, Some(pattern)) => Some(Box::new(Expected::Pattern(pattern.clone()))),
                (None, None) => None,
            },
            bound: element.binding.as_ref().and_then(|binding| {
                let is_looked_at = binding.max_value_set.is_some()
                    || !binding.additional.is_empty()
                    || matches!(binding.strength, Strength::Required | Strength::Extensible);
                is_looked_at.then(|| {
                    common.bound(Bound {
                        strength: defect::strength(element, binding),
                        value_set: binding.value_set.clone(),
                        max_value_set: binding.max_value_set.clone(),
                        additional: binding.additional.clone(),
                    })
                })
            }),
            rules: element
                .invariants
                .iter()
                .filter(|rule| rule.key != "ele-1" && !rule.expression.is_empty())
                .map(|rule| common.rule(rule))
                .collect(),
            max_length: element.max_length,
            min_value: element.min_value.clone().map(Box::new),
            max_value: element.max_value.clone().map(Box::new),
            ..Node::default()
        }
    }

    fn kind(&self, kind: &TypeReference) -> Arc<Type> {
        let common = self.programs.common();
        common.kind(kind, || Type {
            code: common.word(&kind.code),
            shape: self.shape(&kind.code),
            profiles: kind.profiles.clone(),
            target_profiles: kind.target_profiles.clone(),
            aggregation: kind.aggregation.clone(),
            own: OnceLock::new(),
        })
    }

    fn shape(&self, code: &str) -> Shape {
        Shape::named(code).unwrap_or_else(|| {
            let url = format!("http://hl7.org/fhir/StructureDefinition/{code}");
            match self.programs.definitions().definition(&url) {
                Some(definition) if definition.kind == Kind::Resource => Shape::Resource,
                _ => Shape::Complex,
            }
        })
    }

    /// `contentReference`, and slices that leave their children to the element they slice.
    fn link_content(&mut self) {
        for index in 0..self.nodes.len() {
            let element =
                self.sources[index].and_then(|source| self.definition.elements.get(source));
            let target = element.and_then(|element| element.content_reference.as_deref());
            let target = target.and_then(|target| target.rsplit('#').next());
            if let Some(target) = target {
                self.nodes[index].content = self.by_id.get(target).copied();
            }
            for slice in self.nodes[index].slices.clone() {
                let slice = slice as usize;
                if self.nodes[slice].children.is_empty()
                    && !self.nodes[index].children.is_empty()
                    && !self.nodes[index].is_choice
                {
                    self.nodes[slice].content = NodeIndex::try_from(index).ok();
                } else if !self.nodes[index].is_choice {
                    self.complete(slice, index);
                }
            }
        }
    }

    /// Children that a slice does not unfold are those of the element it slices.
    fn complete(&mut self, slice: usize, base: usize) {
        let names: Vec<Arc<str>> = self.nodes[slice]
            .children
            .iter()
            .map(|child| self.nodes[*child as usize].name.clone())
            .collect();
        for child in self.nodes[base].children.clone() {
            if !names.contains(&self.nodes[child as usize].name) {
                self.nodes[slice].children.push(child);
            }
        }
    }

    fn link_slices(&mut self) {
        for index in 0..self.nodes.len() {
            if self.nodes[index].slices.is_empty() {
                continue;
            }
            let discriminators = self.discriminators(index);
            for slice in self.nodes[index].slices.clone() {
                let place = self.sources[slice as usize]
                    .and_then(|source| Place::new(self.definition, source));
                let test = |discriminator: &Discriminator| match &place {
                    Some(place) => {
                        discriminator::test(place, discriminator, self.programs.definitions())
                    }
                    None => Test::Unknown,
                };
                let mut tests: Vec<Test> = discriminators.iter().map(test).collect();
                if self.nodes[index].is_choice {
                    let types = self.nodes[slice as usize].types.iter();
                    tests = vec![Test::Type {
                        trail: Trail::default(),
                        types: types.map(|kind| kind.code.to_string()).collect(),
                    }];
                } else if tests.is_empty() {
                    tests.push(Test::Unknown);
                }
                self.nodes[slice as usize].tests = tests.into();
            }
        }
    }

    /// The discriminators of a sliced element; extensions are told apart by URL whatever is said.
    fn discriminators(&self, index: usize) -> Vec<Discriminator> {
        let element = self.sources[index].and_then(|source| self.definition.elements.get(source));
        let declared = element.and_then(|element| element.slicing.as_ref());
        if let Some(slicing) = declared.filter(|slicing| !slicing.discriminators.is_empty()) {
            return slicing.discriminators.clone();
        }
        if matches!(&*self.nodes[index].name, "extension" | "modifierExtension") {
            return vec![Discriminator {
                kind: DiscriminatorKind::Value,
                path: "url".to_owned(),
            }];
        }
        Vec::new()
    }

    fn index_keys(&mut self) {
        let common = self.programs.common();
        for index in 0..self.nodes.len() {
            let mut keys = Vec::new();
            for (child, node) in (0_u32..).zip(&self.nodes[index].children) {
                let node = &self.nodes[*node as usize];
                if node.is_choice {
                    keys.extend((0_u32..).zip(&*node.types).map(|(kind, found)| Key {
                        name: common.word(&format!("{}{}", node.name, capitalised(&found.code))),
                        child,
                        kind,
                    }));
                } else {
                    keys.push(Key {
                        name: node.name.clone(),
                        child,
                        kind: 0,
                    });
                }
            }
            keys.sort_by(|a, b| a.name.cmp(&b.name));
            self.nodes[index].keys = keys.into();
        }
    }

    /// Programs last as long as a run.
    fn shrink(&mut self) {
        for node in &mut self.nodes {
            node.children.shrink_to_fit();
            node.slices.shrink_to_fit();
        }
        self.nodes.shrink_to_fit();
    }
}

fn capitalised(code: &str) -> String {
    let mut chars = code.chars();
    chars
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + chars.as_str())
        .unwrap_or_default()
}

/// The id of the parent and the last segment, by the path: slice names may hold points.
fn split<'i>(id: &'i str, path: &str) -> Option<(&'i str, &'i str)> {
    let (_, name) = path.rsplit_once('.')?;
    let plain = id.rfind(&format!(".{name}")).filter(|at| {
        let rest = &id[at + 1 + name.len()..];
        rest.is_empty() || rest.starts_with(':')
    })?;
    Some((&id[..plain], &id[plain + 1..]))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn ids_are_split_by_the_path() {
        assert_eq!(split("A.b:s.c", "A.b.c"), Some(("A.b:s", "c")));
        assert_eq!(split("A.b:v1.0", "A.b"), Some(("A", "b:v1.0")));
        assert_eq!(
            split("A.value[x]:valueCode", "A.value[x]"),
            Some(("A", "value[x]:valueCode"))
        );
        assert_eq!(split("A", "A"), None);
    }
}
