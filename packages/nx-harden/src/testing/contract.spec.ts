import { describe, expect, it } from 'vitest';
import { applyCapabilities } from '../apply-capabilities';
import { readNextApp } from '../next-app';
import { capabilities } from '../registry';
import { removeCapabilities } from '../remove-capabilities';
import { describeContract } from './contract';
import { contentsOf, fixtures, treeOf } from './fixtures';

describeContract(capabilities, fixtures);

describe.each(fixtures)('all of them together over $name', (fixture) => {
  it('are the same after a second run, and leave no trace', async () => {
    const tree = treeOf(fixture);
    const before = contentsOf(tree);
    const all = capabilities.map(({ id }) => ({ id, options: {} }));
    // One first, as a person does who tries it.
    await applyCapabilities(tree, fixture.project, all.slice(-1));
    await applyCapabilities(tree, fixture.project, all);
    const made = contentsOf(tree);
    await applyCapabilities(tree, fixture.project, all);
    expect(contentsOf(tree)).toEqual(made);
    await removeCapabilities(tree, readNextApp(tree, fixture.project), all.map(({ id }) => id), { leaveNoTrace: true });
    expect(contentsOf(tree)).toEqual(before);
  });
});
