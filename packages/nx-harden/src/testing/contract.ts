import { describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { applyCapabilities } from '../apply-capabilities';
import type { Capability, Finding } from '../capability';
import { fromRecordedPath, readHardeningFile } from '../hardening-file';
import { readNextApp } from '../next-app';
import { removeCapabilities } from '../remove-capabilities';
import { contentsOf, treeOf, type AppFixture } from './fixtures';

/**
 * What every capability promises, over every fixture: its check fails, it is put in, its check passes, it is put in
 * again without a change, it is taken out, and the tree is as before, byte for byte.
 */
export function describeContract(capabilities: readonly Capability[], fixtures: readonly AppFixture[]): void {
  describe.each(capabilities.map((capability) => ({ id: capability.id, capability })))('$id', ({ id, capability }) => {
    describe.each(fixtures)('over $name', (fixture) => {
      const isProtected = fixture.protects?.includes(id) ?? false;
      /** The team has its own: nothing of ours is written. */
      const isKept = fixture.keeps?.includes(id) ?? false;
      const isManual = fixture.manual?.includes(id) ?? false;
      const apply = (tree: Tree) => applyCapabilities(tree, fixture.project, [{ id, options: {} }]);

      it('is missed by the audit, put in, proven, put in again without a change, and taken out without a trace', async () => {
        const tree = treeOf(fixture);
        const before = contentsOf(tree);
        expect(failing(capability, tree, fixture).length > 0, 'the check fails at first').toBe(!isProtected && !isKept);

        const { steps } = await apply(tree);
        const made = contentsOf(tree);
        const missed = failing(capability, tree, fixture);
        if (isManual) expect(missed, 'left to a person').not.toEqual([]);
        else expect(missed, JSON.stringify(steps)).toEqual([]);

        expect((await apply(tree)).steps).toEqual(steps);
        expect(contentsOf(tree)).toEqual(made);

        expect((await removeCapabilities(tree, readNextApp(tree, fixture.project), [id], { leaveNoTrace: true })).steps).toEqual([]);
        expect(contentsOf(tree)).toEqual(before);
      });

      it('is the same after an edit of what it owns: the edit stays', async () => {
        const tree = treeOf(fixture);
        await apply(tree);
        const owned = ownedFiles(tree, fixture);
        for (const path of owned) tree.write(path, `${tree.read(path, 'utf-8')}\n# edited by hand\n`);
        const edited = contentsOf(tree);
        await apply(tree);
        expect(contentsOf(tree)).toEqual(edited);
        expect(owned.length > 0 || hasSeam(id, tree, fixture)).toBe(!isKept);
      });
    });
  });
}

function failing(capability: Capability, tree: Tree, fixture: AppFixture): Finding[] {
  return capability.check(tree, readNextApp(tree, fixture.project)).filter(({ status }) => status === 'fail' || status === 'manual');
}

function ownedFiles(tree: Tree, fixture: AppFixture): string[] {
  const app = readNextApp(tree, fixture.project);
  const file = readHardeningFile(tree, app.root);
  return [...Object.values(file.capabilities), ...Object.values(file.shared)].flatMap(({ files }) =>
    Object.keys(files).map((recorded) => fromRecordedPath(app.root, recorded)),
  );
}

/** A capability may have nothing but seams in files of the team's, which it records. */
function hasSeam(id: string, tree: Tree, fixture: AppFixture): boolean {
  return readHardeningFile(tree, readNextApp(tree, fixture.project).root).capabilities[id]?.added !== undefined;
}
