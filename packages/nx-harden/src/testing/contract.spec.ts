import { capabilities } from '../registry';
import { describeContract } from './contract';
import { fixtures } from './fixtures';

describeContract(capabilities, fixtures);
